using System.CommandLine;
using System.Globalization;
using Sluice.Batches;
using Sluice.Matching;
using Sluice.Repair;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice match LEFT [RIGHT]</c>: rows of two files, or of one, that mean the same thing.</summary>
static class MatchCommand
{
    const int Shown = 10, MaxCell = 60;
    const double Unsure = 0.9;

    public static Command Create()
    {
        var left = new Argument<string>("left") { Description = "Delimited text with a header: .csv or .tsv." };
        var right = new Argument<string?>("right") { Description = "The other file; columns of the same name are compared. Without it, rows of the one file are compared with each other.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out", "-o") { Description = "File for the pairs: .csv, .jsonl or .parquet. Row numbers count data rows from 1." };
        var columns = new Option<string[]>("--columns") { Description = "Columns to compare. Default: all that both have; of more than 64, those with the most different values.", AllowMultipleArgumentsPerToken = true };
        var least = new Option<double?>("--min-probability") { Description = "Least probability of a pair, 0 to 1. Default: where the expected F1 is greatest." };
        var similarity = new Option<double?>("--similarity") { Description = "Instead of probabilities: least mean similarity of the columns, 0 to 1. Nothing is learned then." };
        var single = new Option<bool>("--one-to-one") { Description = "A row has at most one partner: the best pairs are taken first. For two files without duplicates in either." };
        var command = new Command("match", "Find rows that mean the same thing, in two files or in one, without labels.") { left, right, output, columns, least, similarity, single };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            foreach (var (name, value) in new[] { ("--min-probability", parsed.GetValue(least)), ("--similarity", parsed.GetValue(similarity)) })
            {
                if (value is not (null or (>= 0 and <= 1)))
                {
                    return Shell.Invalid(parsed, $"{name} is {value.Value.ToString(CultureInfo.InvariantCulture)}; expected a number from 0 to 1.");
                }
            }

            if (parsed.GetValue(least) is not null && parsed.GetValue(similarity) is not null)
            {
                return Shell.Invalid(parsed, "--min-probability and --similarity are two ways to judge a pair. Use one of them.");
            }

            if (parsed.GetValue(single) && parsed.GetValue(right) is null)
            {
                return Shell.Invalid(parsed, "--one-to-one is about two files, and there is one. Name the other file, or leave it out.");
            }

            var options = new MatchOptions
            {
                Columns = parsed.GetValue(columns) ?? [],
                Method = parsed.GetValue(similarity) is null ? MatchMethod.Learned : MatchMethod.Similar,
                Threshold = parsed.GetValue(similarity) ?? parsed.GetValue(least),
                OneToOne = parsed.GetValue(single),
            };
            var ours = await TextTable.ReadAsync(parsed.GetRequiredValue(left), cancellation);
            var theirs = parsed.GetValue(right) is { } file ? await TextTable.ReadAsync(file, cancellation) : null;
            var result = theirs is null ? RecordMatcher.Dedupe(ours, options, cancellation) : RecordMatcher.Link(ours, theirs, options, cancellation);
            if (parsed.GetValue(output) is { } target)
            {
                await Exports.WriteAsync(new BatchRows(MatchRows.Of(ours, theirs ?? ours, result)), target, null, cancellation);
            }

            Show(parsed, ours, theirs, result, options, parsed.GetValue(output));
            return ExitCodes.Done;
        });
        return command;
    }

    static void Show(ParseResult parsed, Batch left, Batch? right, MatchResult result, MatchOptions options, string? output)
    {
        var unsure = result.Pairs.Count(p => p.Score < Unsure);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                leftRows = left.Rows,
                rightRows = right?.Rows,
                columns = result.Columns,
                compared = result.Candidates,
                method = result.Method.ToString().ToLowerInvariant(),
                threshold = result.Threshold,
                found = result.Pairs.Count,
                unsure,
                expectedPrecision = result.ExpectedPrecision,
                output,
                pairs = output is not null ? null : result.Pairs.Select(p => new
                {
                    left = p.Left + 1,
                    right = p.Right + 1,
                    score = Math.Round(p.Score, 4),
                    columns = result.Columns.Zip(p.Similarities).Where(c => !float.IsNaN(c.Second)).ToDictionary(c => c.First, c => Math.Round((double)c.Second, 3)),
                }),
            });
            return;
        }

        var isLearned = result.Method == MatchMethod.Learned;
        if (result.Pairs.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded);
            table.AddColumns(right is null ? ["row", "row", isLearned ? "probability" : "similarity", "one", "other"] : new[] { "left", "right", isLearned ? "probability" : "similarity", "left row", "right row" });

            // The surest and the least sure: the latter tell whether the threshold is right.
            var shown = result.Pairs.Take(Shown / 2).Concat(result.Pairs.Skip(Math.Max(Shown / 2, result.Pairs.Count - (Shown / 2))));
            foreach (var pair in shown)
            {
                table.AddRow(
                    (pair.Left + 1).ToString("N0", CultureInfo.InvariantCulture), (pair.Right + 1).ToString("N0", CultureInfo.InvariantCulture),
                    pair.Score.ToString("P1", CultureInfo.InvariantCulture), Markup.Escape(Line(left, pair.Left, result.Columns)), Markup.Escape(Line(right ?? left, pair.Right, result.Columns)));
            }

            AnsiConsole.Write(table);
            if (result.Pairs.Count > Shown)
            {
                AnsiConsole.MarkupLineInterpolated($"[grey]… the {Shown / 2} surest and the {Shown / 2} least sure of {result.Pairs.Count:N0}[/]");
            }
        }

        AnsiConsole.MarkupLineInterpolated(
            $"{left.Rows:N0}{(right is null ? "" : $" and {right.Rows:N0}")} rows, {result.Candidates:N0} pairs compared: {result.Pairs.Count:N0} match at {result.Threshold:P1} or more{(output is null ? "" : $" → {output}")}");
        if (!isLearned && options.Method == MatchMethod.Learned)
        {
            AnsiConsole.MarkupLine("[yellow]No matches stand out from chance, so that there was nothing to learn from: pairs are judged by the mean similarity of their columns instead.[/]");
        }

        if (isLearned && result.ExpectedPrecision is { } precision)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"[grey]{unsure:N0} of them are below {Unsure:P0}. By their own probabilities {precision:P1} of the pairs are right; nothing was labelled, so look at the least sure ones. --min-probability asks for more.[/]");
        }
    }

    static string Line(Batch rows, int row, IReadOnlyList<string> columns)
    {
        var line = string.Join(" · ", columns.Where(c => rows.Schema.Has(c) && !rows[c].IsNull(row)).Select(c => rows[c].Display(row)));
        return line.Length <= MaxCell ? line : string.Concat(line.AsSpan(0, MaxCell - 1), "…");
    }
}
