using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Batches;
using Sluice.Datasets;
using Sluice.Embedding;
using Sluice.Functions.Access;
using Sluice.Functions.Api;
using Sluice.Functions.Crowd;
using Sluice.Functions.Embedding;
using Sluice.Functions.Llm;
using Sluice.Functions.Schemas;
using Sluice.Functions.Storage;
using Sluice.Labels.Review;
using Sluice.Llm;
using Sluice.Privacy.Access;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Functions;

/// <summary>Puts the app together; the program and the CLI build the same one.</summary>
public static class SluiceApp
{
    /// <summary>The app, ready to build.</summary>
    /// <param name="args">Command line: <c>--Sluice:Store=… --urls=…</c>.</param>
    /// <param name="inputRoots">Folders a run may read; null = those of the settings and the incoming folder.</param>
    /// <param name="models">Models that may be named; null = those of the settings.</param>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args, IReadOnlyList<string>? inputRoots = null, AllowedModels? models = null)
    {
        var builder = FunctionsApplication.CreateBuilder(args);

        // First, so that every setting of the user wins. In Azure the host reads the schedule itself: there it is an app setting.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0, new MemoryConfigurationSource { InitialData = [new("RefreshSchedule", "0 0 2 * * *")] });
        KeyVaultSettings.AddTo(builder.Configuration);
        builder.ConfigureFunctionsWebApplication();
        Platform.Configure(builder);
        var services = builder.Services;
        services.AddOptions<SluiceOptions>().BindConfiguration(SluiceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(TimeProvider.System);
        Stores.AddTo(services, inputRoots);
        services.AddSingleton<BatchFiles>();
        services.AddSingleton(s => new UnitLog(OptionsOf(s).UnitLog));
        services.AddSingleton<RunWatch>();
        services.AddSingleton<RunLog>();

        // Which of its lines there are is said by each run.
        builder.Logging.AddFilter(typeof(RunLog).FullName, LogLevel.Trace);
        services.AddSingleton<DatasetCatalogue>();
        services.AddSingleton<DatasetRegister>();
        services.AddSingleton<DatasetSearch>();
        services.AddSchemaCache();
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(s => new AccessLog(s.GetRequiredService<Ledger>(), s.GetRequiredService<TimeProvider>(), RulesOf(s)));
        services.AddSingleton<NotedReads>();
        services.AddSingleton<PipelineStore>();
        services.AddSingleton<ReviewStore>();
        services.AddOptions<MechanicalTurkOptions>().BindConfiguration(MechanicalTurkOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<MechanicalTurk>();
        services.AddSingleton<CrowdReviews>();
        services.AddEmbedding(models);
        services.AddLanguageModels();
        services.AddSingleton(s => new RunEngine(
            s.GetRequiredService<ObjectStore>(),
            s.GetRequiredService<Ledger>(),
            s.GetRequiredService<BatchFiles>(),
            s.GetRequiredService<RunFolders>().Inputs,
            new RunOptions { Models = s.GetRequiredService<AllowedModels>(), Access = RulesOf(s) },
            s.GetRequiredService<TimeProvider>(),
            outputsOf: s.GetRequiredService<RunFolders>().Outputs,
            models: s.GetService<LanguageModels>()));
        return builder;
    }

    static AccessRules RulesOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<AccessOptions>>();
        return new AccessRules(options.Value.ReadsPerHour, options.Value.AlertOnNewPrincipal);
    }

    static SluiceOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<SluiceOptions>>().Value;
}
