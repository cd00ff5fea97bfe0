using Azure.Core;
using Azure.ResourceManager;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Embedding;

namespace Sluice.Functions.Embedding;

/// <summary>What embedding needs of the app.</summary>
static class EmbeddingServices
{
    /// <param name="services">Services of the app.</param>
    /// <param name="models">Models that may be named; null = those of the settings.</param>
    public static IServiceCollection AddEmbedding(this IServiceCollection services, AllowedModels? models)
    {
        services.AddOptions<EmbeddingOptions>().BindConfiguration(EmbeddingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<IOptions<EmbeddingOptions>>();
            return models ?? AllowedModels.Beneath(options.Value.ModelFolders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        });
        services.AddSingleton<EmbeddingWork>();
        services.AddSingleton<EmbedJob>(s =>
        {
            var options = s.GetRequiredService<IOptions<EmbeddingOptions>>().Value;
            return options.Job.Length > 0 ? InAzure(options, s.GetRequiredService<IConfiguration>()["AZURE_CLIENT_ID"]) : OnThisMachine(options, s);
        });
        return services;
    }

    static ContainerAppsJob InAzure(EmbeddingOptions options, string? clientId) =>
        ResourceIdentifier.TryParse(options.Job, out var job) && job?.ResourceType == "Microsoft.App/jobs"
            ? new ContainerAppsJob(new ArmClient(AzureCredential.Of(clientId, isManagedIdentity: false)), job)
            : throw new StoreException(
                $"The setting Embedding:Job is '{options.Job}'; expected '/subscriptions/…/resourceGroups/…/providers/Microsoft.App/jobs/NAME', or nothing for a child process.");

    static ChildProcessJob OnThisMachine(EmbeddingOptions options, IServiceProvider services)
    {
        var store = options.Store.Length > 0 ? options.Store : Path.Combine(services.GetRequiredService<IOptions<SluiceOptions>>().Value.Store, "data");
        return new ChildProcessJob(options.Program.Length > 0 ? options.Program : ChildProcessJob.DefaultProgram(), store);
    }
}
