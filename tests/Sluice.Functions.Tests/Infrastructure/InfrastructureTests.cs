namespace Sluice.Functions.Tests.Infrastructure;

public sealed class InfrastructureTests : IDisposable
{
    readonly string copy = Directory.CreateTempSubdirectory("sluice-infra-").FullName;

    public void Dispose() => Directory.Delete(copy, recursive: true);

    [InfrastructureFact]
    public void Nothing_is_wrong_with_what_is_deployed()
    {
        var (exit, said) = InfrastructureCheck.Run(InfrastructureCheck.Root);

        Assert.True(exit == 0, said);
    }

    /// <summary>A setting that nobody reads would be a wish.</summary>
    [Fact]
    public void The_job_settings_of_the_deployment_are_options_of_the_app()
    {
        var bicep = File.ReadAllText(Path.Combine(InfrastructureCheck.Root, "bicep", "modules", "functionapp.bicep"));

        var settings = System.Text.RegularExpressions.Regex.Matches(bicep, @"\bEmbedding__(\w+):").Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(settings);
        Assert.Empty(settings.Except(typeof(Sluice.Functions.Embedding.EmbeddingOptions).GetProperties().Select(p => p.Name)));
    }

    /// <summary>Every fault that the check promises to find, made in a copy: a rule that finds nothing would be no rule.</summary>
    [InfrastructureFact]
    public void Every_kind_of_fault_is_found()
    {
        Copy("bicep");
        Copy("infra");
        Copy(".github");
        File.Copy(Path.Combine(InfrastructureCheck.Root, "host.json"), Path.Combine(copy, "host.json"));
        Change("bicep/modules/budget.bicep", "category: 'Cost'", "category 'Cost'");
        Change("bicep/modules/dts.bicep", "location: location", "location: region");
        Change("bicep/modules/dts.bicep", "output id string", "output name string");
        Change("bicep/modules/keyvault.bicep", "@description('Region.')\n", "");
        Change("bicep/modules/keyvault.bicep", "vaults@2024-11-01", "vaults@2023-07-01");
        Change("bicep/modules/keyvault.bicep", "family: 'A', name", "name: 'a', name");
        Change("bicep/modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true");
        Change("bicep/modules/rbac.bicep", "7f951dda-4ed3-4680-a7ca-43fe172d538d", "7f951dda-0000-0000-0000-43fe172d538d");
        Change("bicep/modules/rbac.bicep", "guid(vault.id, apiPrincipalId, ", "guid(vault.id, ");
        Change("bicep/modules/monitor.bicep", "= insights.properties.ConnectionString", "= insights.listKeys().key");
        Change("bicep/main.bicep", "    alertEmail: alertEmail\n", "    alertMail: alertEmail\n");
        Change("bicep/main.bicep", "registry.outputs.server\n", "registry.outputs.host\n");
        Change("bicep/main.bicep", "modules/eventgrid.bicep", "modules/events.bicep");
        Change("bicep/main.parameters.json", "\"enableGpu\"", "\"gpuEnabled\"");
        Change("bicep/prod.bicepparam", "param enableGpu", "param gpuEnabled");
        Change("infra/scripts/subscribe", "${SERVICE_API_NAME:?", "${API_NAME:?");
        Change("infra/workbook.json", "\"items\": [", "\"items\": [,");
        Change(".github/workflows/deploy.yml", "needs: [build, infrastructure]", "needs: [build, nothing]");

        var (exit, said) = InfrastructureCheck.Run(copy);

        Assert.Equal(1, exit);
        string[] expected =
        [
            "bicep/modules/budget.bicep:", "which Bicep's grammar does not allow here",
            "'region' is not declared", "the output 'name' is declared twice",
            "the parameter 'location' has no @description", "Microsoft.KeyVault/vaults has API version", "the property 'name' is given twice",
            "'allowSharedKeyAccess' of the storage account is true; expected false",
            "the id 7f951dda-0000-0000-0000-43fe172d538d is not among the roles", "the role assignment 'apiOnVault' is named guid(vault.id, roles",
            "the output 'insightsConnection' would show a secret",
            "'alertMail' is no parameter of modules/monitor.bicep", "the parameter 'alertEmail' of modules/monitor.bicep is not given",
            "modules/registry.bicep has no output 'host'", "no caller reads the output 'server'", "the module 'modules/events.bicep' does not exist",
            "main.parameters.json: 'gpuEnabled' is no parameter", "prod.bicepparam: 'gpuEnabled' is no parameter",
            "infra/scripts/subscribe: needs 'API_NAME'", "infra/workbook.json: is no JSON", "deploy.yml:",
        ];
        Assert.All(expected, text => Assert.Contains(text, said, StringComparison.Ordinal));
    }

    void Copy(string folder)
    {
        var from = Path.Combine(InfrastructureCheck.Root, folder);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !f.Contains("node_modules", StringComparison.Ordinal)))
        {
            var to = Path.Combine(copy, folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    void Change(string file, string before, string after)
    {
        var path = Path.Combine(copy, file);
        var text = File.ReadAllText(path);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(before, after, StringComparison.Ordinal));
    }
}
