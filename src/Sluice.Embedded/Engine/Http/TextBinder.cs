using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Sluice.Embedded;

/// <summary>A parameter that is filled by name from what the trigger knows: a part of the route or of a blob's path.</summary>
static class TextBinder
{
    static readonly HashSet<Type> known =
    [
        typeof(string), typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal),
        typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeSpan), typeof(Uri),
    ];

    /// <summary>Null when the type cannot be made of text.</summary>
    internal static ParameterBinder? For(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (!known.Contains(type) && !type.IsEnum)
        {
            return null;
        }

        var name = parameter.Name!;
        var missing = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        var mayMiss = parameter.HasDefaultValue || !parameter.ParameterType.IsValueType || Nullable.GetUnderlyingType(parameter.ParameterType) is not null;
        var converter = type == typeof(string) ? null : TypeDescriptor.GetConverter(type);
        return TriggerBinding.Constant(invocation =>
            invocation.BindingData.GetValueOrDefault(name)?.ToString() is { } text ? Convert(text)
            : mayMiss ? missing
            : throw new InvalidOperationException($"Parameter '{name}' has no value; make it optional or give it a default."));

        object? Convert(string text)
        {
            try
            {
                return converter is null ? text : converter.ConvertFromString(null, CultureInfo.InvariantCulture, text);
            }
            catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
            {
                throw new InvalidOperationException(
                    $"Parameter '{name}' is '{text}'; expected a value of '{type.Name}'. A route constraint would answer 404 instead.", e);
            }
        }
    }
}
