using System.Text.Json;

namespace Microsoft.DurableTask
{
    /// <summary>Turns payloads into text and back. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/DataConverter.cs.</summary>
    public abstract class DataConverter
    {
        public abstract string? Serialize(object? value);
        public abstract object? Deserialize(string? data, Type targetType);

        public virtual T? Deserialize<T>(string? data) => Deserialize(data, typeof(T)) is { } value ? (T)value : default;
    }
}

namespace Microsoft.DurableTask.Converters
{
    /// <summary>
    /// JSON by System.Text.Json, fields included. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/Converters/JsonDataConverter.cs.
    /// </summary>
    public class JsonDataConverter(JsonSerializerOptions? options = null) : DataConverter
    {
        static readonly JsonSerializerOptions fieldsToo = new() { IncludeFields = true };

        readonly JsonSerializerOptions options = options ?? fieldsToo;

        public static JsonDataConverter Default { get; } = new();

        public override string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, options);

        public override object? Deserialize(string? data, Type targetType)
            => data is null ? null : JsonSerializer.Deserialize(data, targetType, options);
    }
}
