using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Datasets;
using Sluice.SchemaDetection;
using Sluice.Storage;

namespace Sluice.Functions.Schemas;

/// <summary>Kept schemas of the app.</summary>
static class SchemaServices
{
    public static IServiceCollection AddSchemaCache(this IServiceCollection services)
    {
        services.AddOptions<SchemaCacheOptions>().BindConfiguration(SchemaCacheOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<IOptions<SchemaCacheOptions>>();
            var logger = s.GetRequiredService<ILogger<SchemaCache>>();
            var redis = options.Value.Redis.Length == 0 ? null
                : new RedisCache(RedisAddress.Parse(options.Value.Redis), s.GetRequiredService<TimeProvider>(), why => Log.RedisIsAway(logger, why));
            return new SchemaCache(s.GetRequiredService<DatasetCatalogue>(), redis, options.Value.Expiry);
        });
    }
}
