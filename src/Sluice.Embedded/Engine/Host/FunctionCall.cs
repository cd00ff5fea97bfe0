using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Embedded;

/// <summary>Calls a method with ready arguments and unwraps whatever kind of task it returns.</summary>
sealed class FunctionCall
{
    readonly MethodInvoker invoker;
    readonly Func<Invocation, object?> target;
    readonly Func<object?, ValueTask<object?>> unwrap;

    internal FunctionCall(MethodInfo method)
    {
        invoker = MethodInvoker.Create(method);
        target = Target(method);
        unwrap = Unwrap(method.ReturnType);
    }

    internal ValueTask<object?> InvokeAsync(Invocation invocation, object?[] arguments) =>
        unwrap(invoker.Invoke(target(invocation), arguments.AsSpan()));

    /// <summary>The type of the result without its task; void when there is none.</summary>
    internal static Type ResultType(Type returned) =>
        returned == typeof(Task) || returned == typeof(ValueTask) ? typeof(void)
        : returned.IsGenericType && returned.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>))
            ? returned.GetGenericArguments()[0]
        : returned;

    static Func<Invocation, object?> Target(MethodInfo method)
    {
        if (method.IsStatic)
        {
            return _ => null;
        }

        var type = method.DeclaringType!;
        if (type.GetConstructors() is [{ } only] && only.GetParameters().Length == 0)
        {
            var constructor = ConstructorInvoker.Create(only);
            return _ => constructor.Invoke();
        }

        // Compiled on the first call only: starting must be fast, and few functions of an app are called in one run.
        var factory = new Lazy<ObjectFactory>(() => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes));
        return invocation => factory.Value(invocation.InstanceServices, null);
    }

    static Func<object?, ValueTask<object?>> Unwrap(Type returned)
    {
        if (returned == typeof(Task))
        {
            return static async result =>
            {
                await (Task)result!;
                return null;
            };
        }

        if (returned == typeof(ValueTask))
        {
            return static async result =>
            {
                await (ValueTask)result!;
                return null;
            };
        }

        var value = ResultType(returned);
        return value == returned
            ? static result => ValueTask.FromResult(result)
            : typeof(FunctionCall)
                .GetMethod(returned.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(OfTask) : nameof(OfValueTask), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(value).CreateDelegate<Func<object?, ValueTask<object?>>>();
    }

    static async ValueTask<object?> OfTask<T>(object? result) => await (Task<T>)result!;

    static async ValueTask<object?> OfValueTask<T>(object? result) => await (ValueTask<T>)result!;
}
