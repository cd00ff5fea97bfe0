using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Examples;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice check-vectors VECTORS.npy TEXTS</c>: whether vectors that came from somewhere fit the texts they are said to be of, and these are a good set.</summary>
static class CheckVectorsCommand
{
    public static Command Create()
    {
        var vectors = new Argument<string>("vectors") { Description = "File of NumPy, float32 by rows: .npy." };
        var texts = new Argument<string>("texts") { Description = "File with a row for each text, or DATASET@VERSION." };
        var min = new Option<int>("--min-dimensions") { Description = "Fewest numbers of a vector. Default: 384.", DefaultValueFactory = _ => EmbeddingCheck.MinDimensions };
        var max = new Option<int>("--max-dimensions") { Description = "Most numbers of a vector. Default: 768.", DefaultValueFactory = _ => EmbeddingCheck.MaxDimensions };
        var column = new Option<string?>("--column") { Description = "Column of the texts. Default: text, or the only column of text." };
        var config = new Option<string?>("--config") { Description = "Limits of the texts as JSON: options of validate_llm_data, for example {\"min_examples\": 1, \"min_unique_words\": 0}." };
        var command = new Command("check-vectors", "Check texts and their vectors: one for each, of an allowed size, no NaN and no infinity; and the texts as a set.")
        {
            vectors, texts, min, max, column, config,
        };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            if (LimitsOf(parsed.GetValue(config)) is not { } limits)
            {
                return Shell.Invalid(parsed, $"--config is no JSON object. Found: {parsed.GetValue(config)}");
            }

            var (numbers, rows, dimensions) = Read(parsed.GetRequiredValue(vectors));
            var checkedSet = await WithRowsAsync(parsed, parsed.GetRequiredValue(texts), async table =>
            {
                var step = TextSet.StepOf(table.Schema, parsed.GetValue(column), limits);
                var found = await StepLook.OfAsync(step, table.Schema, table.ReadAsync(cancellation), cancellation);
                var problems = EmbeddingCheck.Validate(checked((int)table.Rows), numbers, dimensions, parsed.GetValue(min), parsed.GetValue(max));
                return (Result: step.Result(found, TimeProvider.System.GetUtcNow(), [.. problems.Select(p => p.Message)]), Problems: problems);
            }, cancellation);
            var (result, exitCode) = (checkedSet.Result, checkedSet.Result.IsValid ? ExitCodes.Done : ExitCodes.GateFailed);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { is_valid = result.IsValid, result.Message, result.Metrics, result.Timestamp, vectors = rows, dimensions, checkedSet.Problems });
                return exitCode;
            }

            var metrics = result.Metrics;
            AnsiConsole.WriteLine($"{metrics.NumSamples:N0} texts, {rows:N0} vectors of {dimensions} numbers");
            AnsiConsole.WriteLine($"words of a text      {metrics.AverageSequenceLength:0.0} ± {metrics.DeviationOfSequenceLength:0.0}");
            AnsiConsole.WriteLine($"with nothing wrong   {metrics.QualityScore:P1}");
            AnsiConsole.WriteLine($"copies               {metrics.DuplicateRatio:P1}");
            AnsiConsole.WriteLine($"mean TF-IDF          {metrics.TfidfScore:0.00}");
            if (result.IsValid)
            {
                AnsiConsole.MarkupLineInterpolated($"[green]{result.Message}[/]");
                return exitCode;
            }

            return Shell.Fail(parsed, exitCode, result.Message);
        });
        return command;
    }

    // Null: it is none.
    static JsonObject? LimitsOf(string? config)
    {
        try
        {
            return JsonNode.Parse(config ?? "{}") as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static (float[] Vectors, int Rows, int Dimensions) Read(string name)
    {
        try
        {
            using var file = File.OpenRead(name);
            return NpyFile.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DataException)
        {
            throw new SourceException($"'{name}' cannot be read as vectors: {e.Message}", e);
        }
    }

    static async Task<T> WithRowsAsync<T>(ParseResult parsed, string texts, Func<DatasetRows, Task<T>> use, CancellationToken cancellation)
        where T : struct
    {
        if (NamedVersion.Is(texts))
        {
            return await NamedVersion.ReadAsync(parsed, texts, use, cancellation);
        }

        T found = default;
        await SingleRun.WithAsync(texts, null, evidenceOnly: false, async run =>
        {
            found = await use(await run.Catalogue.OpenAsync(run.Outcome.Dataset, run.Outcome.Version!, cancellation));
            return ExitCodes.Done;
        }, cancellation);
        return found;
    }
}
