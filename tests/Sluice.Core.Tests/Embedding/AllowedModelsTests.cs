using System.Text.Json.Nodes;
using Sluice.Embedding;
using Sluice.Runs;
using Sluice.Tests.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Embedding;

public sealed class AllowedModelsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    AllowedModels Allowed => AllowedModels.Beneath([Made("models")]);

    [Theory]
    [InlineData("use-lite-en")]
    [InlineData("hashing-512")]
    [InlineData("https://example.org/m.zip#sha256=00")]
    public void What_is_bundled_and_addresses_may_be_named(string model) => Assert.Null(Allowed.Problem(model));

    [Fact]
    public void A_folder_beneath_an_allowed_one_may_be_named_and_a_missing_one_too()
    {
        Made("models/mine");

        Assert.Null(Allowed.Problem(In("models/mine")));
        Assert.Null(Allowed.Problem(In("models/nothing")));
        Assert.Null(Allowed.Problem(In("models/../models/mine/")));
    }

    [Fact]
    public void A_folder_elsewhere_is_refused_in_the_same_words_whether_it_exists_or_not()
    {
        var (there, gone) = (Made("other/one"), In("other/two"));

        var (first, second) = (Allowed.Problem(there)!, Allowed.Problem(gone)!);

        Assert.Equal(first.Replace(there, "X"), second.Replace(gone, "X"));
        Assert.Contains("may not be used here. Expected 'use-lite-en'", first, StringComparison.Ordinal);
        Assert.DoesNotContain(In("models"), first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models/../other")]
    [InlineData("models2")]
    [InlineData("models/link")]
    [InlineData("models/link/inner")]
    [InlineData("models/circle")]
    public void What_only_seems_to_be_beneath_is_refused(string path)
    {
        Made("other/inner");
        Made("models");
        Directory.CreateSymbolicLink(In("models/link"), In("other"));
        Directory.CreateSymbolicLink(In("models/circle"), In("models/circle"));

        Assert.NotNull(Allowed.Problem(In(path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    [InlineData("http://127.0.0.1:80/m.zip#sha256=00")]
    [InlineData("file:///etc")]
    [InlineData("/")]
    public void What_is_no_folder_and_no_safe_address_is_refused(string model) => Assert.NotNull(Allowed.Problem(model));

    [Fact]
    public void An_allowed_folder_may_be_a_link_itself()
    {
        var real = Made("disk/mine");
        Directory.CreateSymbolicLink(In("linked"), In("disk"));
        var allowed = AllowedModels.Beneath([In("linked")]);

        Assert.Null(allowed.Problem(In("linked/mine")));
        Assert.Null(allowed.Problem(real));
        Assert.NotNull(allowed.Problem(Made("other")));
    }

    [Fact]
    public void Without_a_list_of_folders_none_may_be_named() => Assert.NotNull(AllowedModels.Beneath([]).Problem(Made("models")));

    [Fact]
    public void On_a_laptop_every_folder_may_be_named() => Assert.Null(AllowedModels.Any.Problem(Made("other")));

    /// <summary>Whatever step takes a model, now or later: one that opens it without saying so would get around the check.</summary>
    [Theory]
    [MemberData(nameof(StepsWithModels))]
    public async Task Every_step_that_takes_a_model_is_refused_before_anything_is_looked_for(string type, string path)
    {
        await using var runs = new TestRuns { Options = new RunOptions { Models = Allowed } };
        runs.Write("data.csv", "id,amount,name\n1,2,a\n");
        var options = new JsonObject();
        var at = options;
        foreach (var name in path.Split('.')[..^1])
        {
            at[name] = new JsonObject { ["text"] = "name" };
            at = (JsonObject)at[name]!;
        }

        at["model"] = Made("other");
        Required(type, options);
        var yaml = $"{TestRuns.Source}  - {{ id: it, type: {type}, config: {options.ToJsonString()} }}\n";

        var error = await Assert.ThrowsAsync<PipelineException>(async () => await runs.RunAsync(yaml));

        Assert.Contains($"The model '{In("other")}' may not be used here.", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> StepsWithModels()
    {
        var found = new TheoryData<string, string>();
        foreach (var step in Catalog.Default.All.Where(c => c.Kind == CapabilityKind.Step))
        {
            foreach (var path in Paths("", step.Options))
            {
                found.Add(step.Type, path);
            }
        }

        return found;
    }

    static IEnumerable<string> Paths(string before, IReadOnlyList<OptionInfo> options) => options.SelectMany(option =>
        option.Name == "model" && option.Default == EmbeddingModel.Default ? [before + option.Name] : Paths($"{before}{option.Name}.", option.Options));

    static void Required(string type, JsonObject options)
    {
        foreach (var option in Catalog.Default.Find(CapabilityKind.Step, type)!.Options.Where(o => o.Required && !options.ContainsKey(o.Name)))
        {
            options[option.Name] = option.Type.StartsWith("list", StringComparison.Ordinal) ? new JsonArray("name") : "name";
        }

        // One of several is required, so none is.
        if (Catalog.Default.Find(CapabilityKind.Step, type)!.Options.Any(o => o.Name == "mix"))
        {
            (options["mix"], options["count"]) = (new JsonObject { ["coverage"] = 1 }, 1);
        }
    }

    string In(string path) => Path.Combine(folder.Path, path);

    string Made(string path) => Directory.CreateDirectory(In(path)).FullName;
}
