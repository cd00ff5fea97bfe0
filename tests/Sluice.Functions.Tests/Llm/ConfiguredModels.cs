using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Functions.Llm;
using Sluice.Llm;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Llm;

/// <summary>Language models as the app makes them of settings.</summary>
sealed class ConfiguredModels : IAsyncDisposable
{
    readonly ServiceProvider services;

    ConfiguredModels(ServiceProvider services) => this.services = services;

    public LanguageModels Models => services.GetRequiredService<LanguageModels>();

    /// <param name="settings">Below <c>Sluice:Llm</c>.</param>
    public static ConfiguredModels Of(params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{LlmOptions.Section}:{s.Name}", (string?)s.Value))).Build());
        services.AddSingleton<Ledger, MemoryLedger>();
        services.AddSingleton<TimeProvider>(new HastyClock());
        services.AddLanguageModels();
        return new ConfiguredModels(services.BuildServiceProvider());
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    /// <summary>Waits a twentieth of what it is asked to: between tries there is nothing to await but time.</summary>
    sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 20 : dueTime, period);
    }
}
