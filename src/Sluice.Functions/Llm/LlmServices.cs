using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Llm;
using Sluice.Llm.Providers;
using Sluice.Storage;

namespace Sluice.Functions.Llm;

/// <summary>Language models as the settings have them.</summary>
static class LlmServices
{
    public static IServiceCollection AddLanguageModels(this IServiceCollection services)
    {
        services.AddOptions<LlmOptions>().BindConfiguration(LlmOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<LlmOptions>, LlmSettings>();
        services.AddSingleton(s => new RateLimiter(s.GetRequiredService<Ledger>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s =>
        {
            var options = OptionsOf(s);
            var today = DateOnly.FromDateTime(s.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime);
            return LlmSettings.Routes(options, LlmSettings.Entries(options, ModelList.Default, today), ModelList.Default);
        });
        services.AddSingleton(Models);
        return services;
    }

    static LanguageModels Models(IServiceProvider services)
    {
        var options = OptionsOf(services);
        if (options.Providers.Count == 0)
        {
            return LanguageModels.None;
        }

        var time = services.GetRequiredService<TimeProvider>();
        var clientId = services.GetRequiredService<IConfiguration>()["AZURE_CLIENT_ID"];
        var providers = options.Providers.ToDictionary(p => p.Key, p => Provider(p.Key, p.Value, clientId, time), StringComparer.OrdinalIgnoreCase);
        return new RoutedModels(
            services.GetRequiredService<ModelRoutes>(), providers, services.GetRequiredService<RateLimiter>(), new RetryLimits(options.Tries, options.LongestWait), time);
    }

    static ModelProvider Provider(string name, ProviderOptions options, string? clientId, TimeProvider time)
    {
        var kind = LlmSettings.KindOf(name, options);
        return kind switch
        {
            ProviderKind.Anthropic => new AnthropicModels(name, options, time),
            ProviderKind.Gemini => new GeminiModels(name, options, time),
            ProviderKind.AzureOpenAI when options.Key.Length == 0 => new OpenAIModels(name, options, kind, AzureCredential.Of(clientId, isManagedIdentity: false), time),
            _ => new OpenAIModels(name, options, kind, null, time),
        };
    }

    static LlmOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<LlmOptions>>().Value;
}
