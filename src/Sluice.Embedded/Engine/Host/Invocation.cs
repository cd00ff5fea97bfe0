using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Embedded;

/// <summary>One call of a function. The scope of its services is made when first asked for: a replayed orchestrator seldom asks.</summary>
sealed class Invocation(FunctionEntry function, object trigger, IServiceProvider root, CancellationToken cancellation) : FunctionContext, IAsyncDisposable
{
    AsyncServiceScope? scope;
    IServiceProvider? services;
    string? invocationId;
    IDictionary<object, object>? items;
    Features? features;
    List<IAsyncDisposable>? owned;

    internal FunctionEntry Function => function;

    /// <summary>What started the call; its type belongs to the kind of trigger.</summary>
    internal object Trigger => trigger;

    internal object? Result { get; set; }

    /// <summary>The app's singletons, for which no scope has to be made.</summary>
    internal IServiceProvider Services => root;

    internal IReadOnlyDictionary<string, object?> BindingData { get; init; } = ImmutableDictionary<string, object?>.Empty;

    internal string? TraceParent { get; init; }

    internal string? TraceState { get; init; }

    public override string InvocationId => invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => function.Definition.Id;

    public override TraceContext TraceContext => new Trace(TraceParent ?? Activity.Current?.Id ?? "", TraceState ?? "");

    public override BindingContext BindingContext => new Bindings(BindingData);

    public override RetryContext RetryContext => NoRetry.Instance;

    public override IServiceProvider InstanceServices
    {
        get => services ??= trigger is HttpContext http ? http.RequestServices : NewScope();
        set => services = value;
    }

    public override FunctionDefinition FunctionDefinition => function.Definition;

    public override IDictionary<object, object> Items
    {
        get => items ??= trigger is HttpContext http
            ? new Dictionary<object, object> { [FunctionContextExtensions.HttpContextKey] = http }
            : new Dictionary<object, object>();
        set => items = value;
    }

    public override IInvocationFeatures Features => features ??= new Features();

    public override CancellationToken CancellationToken => cancellation;

    /// <summary>Closes something that was opened for a parameter when the call ends.</summary>
    internal T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        (owned ??= []).Add(resource);
        return resource;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in owned ?? [])
        {
            await resource.DisposeAsync();
        }

        if (scope is { } opened)
        {
            await opened.DisposeAsync();
        }
    }

    IServiceProvider NewScope()
    {
        scope = root.CreateAsyncScope();
        return scope.Value.ServiceProvider;
    }

    sealed class Trace(string parent, string state) : TraceContext
    {
        public override string TraceParent => parent;

        public override string TraceState => state;
    }

    sealed class Bindings(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    // Function-level retry attributes are not declared, so no call is ever a retry.
    sealed class NoRetry : RetryContext
    {
        internal static readonly NoRetry Instance = new();

        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }
}
