using Microsoft.Extensions.Options;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>Reads the settings into models and routes; refuses what cannot be meant, at start and all at once.</summary>
sealed class LlmSettings : IValidateOptions<LlmOptions>
{
    public ValidateOptionsResult Validate(string? name, LlmOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>What a provider speaks.</summary>
    public static ProviderKind KindOf(string name, ProviderOptions options) => options.Kind ?? name.ToUpperInvariant() switch
    {
        "OPENAI" => ProviderKind.OpenAI,
        "AZURE" => ProviderKind.AzureOpenAI,
        "ANTHROPIC" => ProviderKind.Anthropic,
        "GEMINI" => ProviderKind.Gemini,
        _ => ProviderKind.Compatible,
    };

    /// <summary>The models that can be asked: those of the settings, then those that are known of each provider.</summary>
    public static IReadOnlyList<ModelEntry> Entries(LlmOptions options, ModelList list, DateOnly day)
    {
        var own = options.Models.Select(m => Entry(m.Key, m.Value, options, list, day)).ToList();
        var known = options.Providers.SelectMany(p => Known(p.Key, p.Value, list, day)).Where(k => own.TrueForAll(o => o.Spec.Id != k.Spec.Id));
        return [.. own, .. known];
    }

    public static ModelRoutes Routes(LlmOptions options, IReadOnlyList<ModelEntry> entries, ModelList list)
    {
        var tasks = Tasks(options).Where(t => t.Model.Length > 0).ToDictionary(t => t.Task, t => t.Model);
        return new ModelRoutes(entries, tasks, Names(options.Fallbacks), list);
    }

    static IEnumerable<ModelEntry> Known(string provider, ProviderOptions options, ModelList list, DateOnly day)
    {
        var family = KindOf(provider, options) switch
        {
            ProviderKind.OpenAI => "openai/",
            ProviderKind.Anthropic => "anthropic/",
            ProviderKind.Gemini => "gemini/",
            // What a deployment or a server has, only its owner knows.
            _ => null,
        };
        return family is null
            ? []
            : list.Models.Values.Where(m => m.Id.StartsWith(family, StringComparison.Ordinal)).Select(m => m.At(provider, m.Id[family.Length..], day))
                .Select(spec => new ModelEntry(spec.Id, spec, new ModelLimits(options.RequestsPerMinute, options.TokensPerMinute, options.Concurrency)));
    }

    static ModelEntry Entry(string name, ModelOptions model, LlmOptions options, ModelList list, DateOnly day)
    {
        var provider = options.Providers[model.Provider];
        var id = model.Model.Length > 0 ? model.Model : name;
        var known = (list.Models.GetValueOrDefault(model.As) ?? list.Models.GetValueOrDefault($"{KindOf(model.Provider, provider)}/{id}"))?.At(model.Provider, id, day)
            ?? new ModelSpec { Provider = model.Provider, Model = id };
        var spec = known with
        {
            Price = Price(model, known.Price),
            ContextTokens = model.ContextTokens ?? known.ContextTokens,
            MaxOutputTokens = model.MaxOutputTokens ?? known.MaxOutputTokens,
            Vision = model.Vision ?? known.Vision,
            Thinking = model.Thinking ?? known.Thinking,
            Temperature = model.Temperature ?? known.Temperature,
            Schema = model.Schema ?? known.Schema,
            Tier = model.Tier ?? known.Tier,
        };
        return new ModelEntry(name, spec, new ModelLimits(
            model.RequestsPerMinute ?? provider.RequestsPerMinute, model.TokensPerMinute ?? provider.TokensPerMinute, model.Concurrency ?? provider.Concurrency));
    }

    static TokenPrice? Price(ModelOptions model, TokenPrice? known)
    {
        var input = model.InputPrice ?? known?.Input;
        var output = model.OutputPrice ?? known?.Output;
        return input is { } i && output is { } o
            ? new TokenPrice(i, model.CachedInputPrice ?? known?.CachedInput ?? i, o, model.CacheWritePrice ?? known?.CacheWrite)
            : null;
    }

    static IEnumerable<string> Problems(LlmOptions options)
    {
        foreach (var (name, provider) in options.Providers)
        {
            foreach (var problem in ProblemsOf(name, provider))
            {
                yield return problem;
            }
        }

        var badModels = options.Models.SelectMany(m => ProblemsOf(m.Key, m.Value, options)).ToList();
        foreach (var problem in badModels)
        {
            yield return problem;
        }

        if (badModels.Count > 0)
        {
            yield break;
        }

        var list = ModelList.Default;
        var routes = Routes(options, Entries(options, list, list.Checked), list);
        var named = Tasks(options).Where(t => t.Model.Length > 0).Select(t => (t.Setting, t.Model)).Concat(Names(options.Fallbacks).Select(f => ("Fallbacks", f)));
        foreach (var (setting, model) in named.Where(n => !routes.Entries.Any(e => IsNamed(e, n.Item2))))
        {
            yield return $"The setting 'Sluice:Llm:{setting}' names '{model}', which is not configured. Expected one of: {string.Join(", ", routes.Entries.Select(e => e.Name))}.";
        }
    }

    static IEnumerable<string> ProblemsOf(string name, ProviderOptions provider)
    {
        var setting = $"Sluice:Llm:Providers:{name}";
        var kind = KindOf(name, provider);
        if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            yield return $"'{setting}' is no name of a provider. Expected letters, digits, '-', '_' and '.'.";
        }

        if (provider.Key.Length == 0 && kind is (ProviderKind.OpenAI or ProviderKind.Anthropic or ProviderKind.Gemini))
        {
            yield return $"The setting '{setting}:Key' is missing. Set it in the environment as '{setting.Replace(":", "__", StringComparison.Ordinal)}__Key' or in the key vault, or remove the provider.";
        }

        if (provider.Key.Any(c => c is <= ' ' or > '~'))
        {
            yield return $"The setting '{setting}:Key' cannot be used: it holds a blank, a line break or a letter that is not ASCII. Was a file read with its last line break?";
        }

        if (provider.Endpoint.Length == 0 && kind is (ProviderKind.AzureOpenAI or ProviderKind.Compatible))
        {
            yield return $"The setting '{setting}:Endpoint' is missing. Expected {(kind == ProviderKind.AzureOpenAI ? "'https://NAME.openai.azure.com'" : "an address such as 'http://127.0.0.1:11434/v1'")}.";
        }
        else if (provider.Endpoint.Length > 0 && !IsAllowed(provider, kind))
        {
            yield return $"The setting '{setting}:Endpoint' cannot be used: found '{Shown(provider.Endpoint)}', expected an https address{(HasMore(provider.Endpoint) ? " without user, password and query, which may hold secrets" : "")}. A key is sent over plain http only to this machine, a token of the app's identity never.";
        }

        foreach (var problem in LimitProblems(setting, provider.RequestsPerMinute, provider.TokensPerMinute, provider.Concurrency))
        {
            yield return problem;
        }
    }

    static IEnumerable<string> ProblemsOf(string name, ModelOptions model, LlmOptions options)
    {
        var setting = $"Sluice:Llm:Models:{name}";
        if (!options.Providers.ContainsKey(model.Provider))
        {
            yield return $"The setting '{setting}:Provider' cannot be used: found '{model.Provider}', expected one of Sluice:Llm:Providers: {string.Join(", ", options.Providers.Keys)}.";
        }

        if (model.As.Length > 0 && !ModelList.Default.Models.ContainsKey(model.As))
        {
            yield return $"The setting '{setting}:As' cannot be used: found '{model.As}', expected one of: {string.Join(", ", ModelList.Default.Models.Keys)}.";
        }

        if (model.InputPrice < 0 || model.CachedInputPrice < 0 || model.CacheWritePrice < 0 || model.OutputPrice < 0)
        {
            yield return $"A price of '{setting}' is negative. Expected US dollars for a million tokens.";
        }

        if (model.ContextTokens < 1 || model.MaxOutputTokens < 1)
        {
            yield return $"A size of '{setting}' cannot be used. Expected ContextTokens and MaxOutputTokens of 1 and more.";
        }

        foreach (var problem in LimitProblems(setting, model.RequestsPerMinute, model.TokensPerMinute, model.Concurrency))
        {
            yield return problem;
        }
    }

    static IEnumerable<string> LimitProblems(string setting, int? requests, int? tokens, int? concurrency)
    {
        // Each call in progress is an entry of the row that keeps the limit, and a row is small.
        if (requests < 1 || tokens < 1 || concurrency is < 1 or > 500)
        {
            yield return $"A limit of '{setting}' cannot be used. Expected RequestsPerMinute and TokensPerMinute of 1 and more, and a Concurrency of 1 to 500.";
        }
    }

    // Without a key, a server in one's own network may be reached as it is; Azure gets a token of the identity.
    static bool IsAllowed(ProviderOptions provider, ProviderKind kind) =>
        Uri.TryCreate(provider.Endpoint, UriKind.Absolute, out var address)
        && !HasMore(provider.Endpoint)
        && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && (provider.Key.Length == 0 ? kind == ProviderKind.Compatible : address.IsLoopback)));

    // What follows '?' would be lost as paths are added, and both kinds of secret would be seen in messages.
    static bool HasMore(string endpoint) => Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.UserInfo.Length + address.Query.Length + address.Fragment.Length > 0;

    static string Shown(string endpoint) => HasMore(endpoint) ? new Uri(endpoint).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : endpoint;

    static bool IsNamed(ModelEntry entry, string name) =>
        new[] { entry.Name, entry.Spec.Id, entry.Spec.Model, entry.Spec.Listed }.Contains(name, StringComparer.OrdinalIgnoreCase);

    static IEnumerable<(string Task, string Setting, string Model)> Tasks(LlmOptions options) =>
    [
        ("default", nameof(options.DefaultModel), options.DefaultModel),
        ("simple", nameof(options.SimpleModel), options.SimpleModel),
        ("complex", nameof(options.ComplexModel), options.ComplexModel),
        ("vision", nameof(options.VisionModel), options.VisionModel),
    ];

    static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
