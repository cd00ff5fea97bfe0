using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Ui;
using Sluice.Llm.Prompts;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice prompts search</c>: rewrites of steps that cost less or answer better, found on examples, or by how often they answer as the steps as written do, and confirmed on others.</summary>
static class PromptsSearchCommand
{
    const int UsualSample = 200;

    static readonly Option<string[]> steps = new("--step")
    {
        AllowMultipleArgumentsPerToken = true,
        Description = "Id of the step, or ids of several that stand behind each other, as --step mood,topic: then one question for all is tried too. Default: the only one that asks a language model.",
    };

    static readonly Option<string?> examples = new("--examples")
    {
        Description = "File of rows with what is expected in the column 'expected', or in 'expected_FIELD' for each field of the answers ('expected_kept' where a filter is among several steps): "
            + ".csv, .jsonl, .parquet, .xlsx. Default: none, and plans are held against the answers of the steps as written.",
    };

    static readonly Option<int?> sample = new("--sample") { Description = $"Without --examples: rows of the pipeline's input that are asked about, of those that reach the step, 10 to 10,000. Default: {UsualSample}." };
    static readonly Option<PromptMetric?> metric = new("--metric") { Description = "exact, accuracy (whatever case, spaces, and the way numbers are written), f1 or jaccard of words, or judge (a model says how well). Default: accuracy with --examples, else exact." };
    static readonly Option<string[]> models = new("--models") { AllowMultipleArgumentsPerToken = true, Description = "Models that may take the place of the step's. Default: none." };
    static readonly Option<string?> writer = new("--writer") { Description = "Model that writes other prompts from what went wrong, for one step. Default: none are tried." };
    static readonly Option<int> plans = new("--plans") { Description = "Plans that are tried at most, 2 to 200. Default: 20.", DefaultValueFactory = _ => 20 };
    static readonly Option<int> rows = new("--rows") { Description = "Examples that plans are searched by at most, never more than half of them: 5 to 10,000. The others confirm what is found. Default: 40.", DefaultValueFactory = _ => 40 };
    static readonly Option<string?> output = new("--output", "-o") { Description = "Folder that gets a pipeline file for each of the best plans, to be run as it is: where the pipeline has relative paths, its own folder, as -o . Default: none." };
    static readonly Option<decimal?> budget = new("--budget") { Description = "US dollars that the search may spend. Default: no limit." };

    public static Command Create(Argument<string> pipeline, Option<string> judge)
    {
        Within(plans, 2, 200);
        Within(rows, 5, 10_000);
        Within(sample, 10, 10_000);
        budget.Validators.Add(found =>
        {
            if (found.GetValue(budget) is <= 0)
            {
                found.AddError($"--budget is {found.GetValue(budget)!.Value.ToString(CultureInfo.InvariantCulture)}; expected US dollars above 0.");
            }
        });
        var search = new Command("search", "Try other models, prompts, calls, shorter texts, one question for several steps and several for one, and show the plans that nothing beats in both quality, or agreement with the steps as written, and cost.")
        {
            pipeline, steps, examples, sample, metric, judge, models, writer, plans, rows, budget, output,
        };
        Shell.Act(search, (parsed, cancellation) => parsed.GetValue(examples) is not null && parsed.GetValue(sample) is not null
            ? Task.FromResult(Shell.Invalid(parsed, "--examples and --sample both say which rows are asked about. Use one of them."))
            : OpenedStore.MakingAsync(parsed, async store =>
            {
                var file = parsed.GetRequiredValue(pipeline);
                var graph = await PipelineGraph.LoadAsync(file, cancellation);
                var asking = PromptsCommand.StepsOf(graph, file, IdsOf(parsed), "Name one with --step, or several that stand behind each other.");
                var read = graph.Chains.Select(c => c.Pipeline).First(p => p.Steps.Any(s => s.Id == asking[0].Id));
                RequireRunnable(parsed, file, read);
                if (graph.Chains.Count > 1 && parsed.GetValue(examples) is null)
                {
                    throw new PipelineException($"'{file}' has {graph.Chains.Count} chains, and rows to ask about are drawn from the input of a pipeline of one. Give --examples.", null);
                }

                var request = await RequestAsync(parsed, store, read, asking, cancellation) with { Judge = parsed.GetRequiredValue(judge) };
                var evaluator = new PromptEvaluator(store.Models, store.Objects, store.Ledger, TimeProvider.System);
                var found = await new RewriteSearch(evaluator, Catalog.Default).SearchAsync(request, cancellation);
                var view = new RewriteSearchView(found, request.Metric);
                var files = await WriteAsync(parsed, file, found, cancellation);
                if (parsed.GetValue(Shell.Json))
                {
                    view.Print(files);
                }
                else
                {
                    view.Show(files);
                }

                return ExitCodes.Done;
            }));
        return search;
    }

    static string[] IdsOf(ParseResult parsed) => [.. (parsed.GetValue(steps) ?? []).SelectMany(s => s.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    static async Task<RewriteRequest> RequestAsync(ParseResult parsed, OpenedStore store, Pipeline read, IReadOnlyList<PipelineStep> asking, CancellationToken cancellation)
    {
        RequireBehindEachOther(read, asking);
        var file = parsed.GetValue(examples);
        var known = file is not null ? await PromptsCommand.ExamplesAsync(file, cancellation) : await ReachingRows.SampleAsync(
            read, asking, parsed.GetValue(sample) ?? UsualSample, ExplainCommand.InputsOf(new FileInfo(parsed.GetRequiredValue<string>("pipeline"))), store.Datasets, store.Objects, TimeProvider.System, cancellation);
        return new RewriteRequest(asking, known, parsed.GetValue(metric) ?? (file is null ? PromptMetric.Exact : PromptMetric.Accuracy))
        {
            IsAgreement = file is null,
            Models = parsed.GetValue(models) ?? [],
            Writer = parsed.GetValue(writer),
            MostPlans = parsed.GetValue(plans),
            SearchRows = parsed.GetValue(rows),
            BudgetUsd = parsed.GetValue(budget),
        };
    }

    /// <summary>Relative paths start where the file is: elsewhere, what is written would not run.</summary>
    static void RequireRunnable(ParseResult parsed, string file, Pipeline read)
    {
        if (parsed.GetValue(output) is { } folder && read.Source.Source.FilePath is { } path && !Path.IsPathRooted(path) && Path.GetFullPath(folder) != Path.GetDirectoryName(Path.GetFullPath(file)))
        {
            throw new DataException($"--output is '{folder}', and relative paths such as '{path}' start at the folder of the pipeline's file: what is written there would not find it. Use the folder of '{file}'.");
        }
    }

    static void RequireBehindEachOther(Pipeline pipeline, IReadOnlyList<PipelineStep> asking)
    {
        var first = pipeline.Steps.ToList().FindIndex(s => s.Id == asking[0].Id);
        if (asking.FirstOrDefault(a => pipeline.Steps.All(s => s.Id != a.Id)) is { } elsewhere)
        {
            throw new PipelineException($"Steps '{asking[0].Id}' and '{elsewhere.Id}' are not of one chain, so they cannot be searched together. Search each by itself.", null);
        }

        if (pipeline.Steps.Skip(first).Take(asking.Count).FirstOrDefault(s => asking.All(a => a.Id != s.Id)) is { } between)
        {
            throw new PipelineException(
                $"Step '{between.Id}' ({between.Type}) stands between '{asking[0].Id}' and '{asking[^1].Id}', so they cannot be searched together. Put it before or after them, or search each by itself.", null);
        }
    }

    static void Within<T>(Option<T> option, int least, int most) => option.Validators.Add(found =>
    {
        if (found.GetValue(option) is int given && (given < least || given > most))
        {
            found.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {found.GetValue(option)}; expected {least} to {most:N0}."));
        }
    });

    /// <summary>Writes the best plans as pipelines, the cheapest first; the steps as written are none. Gives the files.</summary>
    static async Task<IReadOnlyList<string>> WriteAsync(ParseResult parsed, string pipeline, RewriteSearchResult found, CancellationToken cancellation)
    {
        var files = new List<string>();
        if (parsed.GetValue(output) is not { } folder)
        {
            return files;
        }

        var text = await File.ReadAllTextAsync(pipeline, cancellation);
        Directory.CreateDirectory(folder);
        foreach (var plan in found.Front.Where(p => p.Rewrites.Count > 0))
        {
            files.Add(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(pipeline)}-{string.Join('-', found.Steps)}-{files.Count + 1}.yaml")));
            await File.WriteAllTextAsync(files[^1], RewrittenFile.Of(text, found.Steps, plan.Steps), cancellation);
        }

        return files;
    }
}
