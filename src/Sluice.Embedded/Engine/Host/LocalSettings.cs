using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Sluice.Embedded;

/// <summary>local.settings.json: its Values are app settings, below real environment variables and above appsettings.json.</summary>
static class LocalSettings
{
    const string fileName = "local.settings.json";

    internal static void AddTo(ConfigurationManager configuration, string contentRoot)
    {
        if (AppFile.Find(fileName, contentRoot) is not { } path)
        {
            return;
        }

        var source = new MemoryConfigurationSource { InitialData = Read(path) };
        var sources = configuration.Sources;
        var environment = sources.OfType<EnvironmentVariablesConfigurationSource>().LastOrDefault(s => string.IsNullOrEmpty(s.Prefix));
        sources.Insert(environment is null ? sources.Count : sources.IndexOf(environment), source);
    }

    static Dictionary<string, string?> Read(string path)
    {
        using var document = AppFile.ReadJson(path);
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var root = document.RootElement;
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new NotSupportedException(
                $"'{path}' is encrypted (found \"IsEncrypted\": true). The embedded runtime has no key to it. Run 'func settings decrypt', or write it in clear.");
        }

        AddSection(root, "Values", "", settings, path);
        AddSection(root, "ConnectionStrings", "ConnectionStrings:", settings, path);
        if (root.TryGetProperty("Host", out var host) && host.ValueKind == JsonValueKind.Object && host.TryGetProperty("LocalHttpPort", out var port))
        {
            settings[EmbeddedUrls.LocalPortSetting] = port.ToString();
        }

        return settings;
    }

    static void AddSection(JsonElement root, string section, string prefix, Dictionary<string, string?> settings, string path)
    {
        if (!root.TryGetProperty(section, out var values) || values.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var value in values.EnumerateObject())
        {
            if (value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw new InvalidDataException(
                    $"'{path}': '{section}.{value.Name}' is {value.Value.ValueKind}; expected a text, number or boolean. Write nested settings as 'A__B'.");
            }

            settings[prefix + value.Name.Replace("__", ":", StringComparison.Ordinal)] = value.Value.ToString();
        }
    }
}
