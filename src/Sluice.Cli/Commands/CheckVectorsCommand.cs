using System.CommandLine;
using Sluice.Embedding;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice check-vectors VECTORS.npy TEXTS</c>: whether vectors that came from somewhere fit the texts they are said to be of.</summary>
static class CheckVectorsCommand
{
    public static Command Create()
    {
        var vectors = new Argument<string>("vectors") { Description = "File of NumPy, float32 by rows: .npy." };
        var texts = new Argument<string>("texts") { Description = "File with a row for each text, or DATASET@VERSION." };
        var min = new Option<int>("--min-dimensions") { Description = "Fewest numbers of a vector. Default: 384.", DefaultValueFactory = _ => EmbeddingCheck.MinDimensions };
        var max = new Option<int>("--max-dimensions") { Description = "Most numbers of a vector. Default: 768.", DefaultValueFactory = _ => EmbeddingCheck.MaxDimensions };
        var command = new Command("check-vectors", "Check vectors against their texts: one for each, of an allowed size, no NaN and no infinity.") { vectors, texts, min, max };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var name = parsed.GetRequiredValue(vectors);
            var (numbers, rows, dimensions) = Read(name);
            var count = await CountAsync(parsed, parsed.GetRequiredValue(texts), cancellation);
            var problems = EmbeddingCheck.Validate(checked((int)count), numbers, dimensions, parsed.GetValue(min), parsed.GetValue(max));
            var exitCode = problems.Count == 0 ? ExitCodes.Done : ExitCodes.GateFailed;
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { passed = problems.Count == 0, texts = count, vectors = rows, dimensions, problems });
                return exitCode;
            }

            foreach (var problem in problems)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]{problem.Reason}[/]: {problem.Message}");
            }

            AnsiConsole.WriteLine($"{count:N0} texts, {rows:N0} vectors of {dimensions} numbers: {(problems.Count == 0 ? "they fit." : "they do not fit.")}");
            return exitCode;
        });
        return command;
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

    static async Task<long> CountAsync(ParseResult parsed, string texts, CancellationToken cancellation)
    {
        if (NamedVersion.Is(texts))
        {
            return await NamedVersion.ReadAsync(parsed, texts, rows => Task.FromResult(rows.Rows), cancellation);
        }

        long count = 0;
        await SingleRun.WithAsync(texts, null, evidenceOnly: true, run =>
        {
            count = run.Record.RowsRead - run.Record.Rejected.Values.Sum();
            return Task.FromResult(ExitCodes.Done);
        }, cancellation);
        return count;
    }
}
