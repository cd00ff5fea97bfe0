using System.Globalization;
using Sluice.Llm;
using Sluice.Storage;

namespace Sluice.Runs;

// A semantic cache is a cascade whose cheaper model is what earlier runs were answered: the same stages, the same sample, the same promise. What it may take from is
// listed before anything is asked, and what it takes is decided once.
public sealed partial class RunEngine
{
    /// <summary>For each new question of a batch, the kept answer to the nearest question that was answered before.</summary>
    async Task<CheapBatch> SimilarBatchAsync(Run run, int number, AskingStep step, Batch rows, byte[] firsts, AnswerStore answers, CancellationToken cancellation)
    {
        var asked = new List<AskedRow>();
        foreach (var row in step.Rows(rows).Of(step.Question, Enumerable.Range(0, rows.Rows).Where(row => firsts[row] == AskDecisions.Ask)))
        {
            if (await answers.FindAsync(step.Question, row.Key, cancellation) is null)
            {
                asked.Add(row);
            }
        }

        var kept = await KeptQuestionsAsync(run, number, step, cancellation);
        var nearest = kept.Nearest(asked, cancellation);
        var found = new List<CheapAnswer>();
        for (var i = 0; i < asked.Count; i++)
        {
            // An answer that is too old, or gone, is none.
            if (nearest[i] is { } near && await answers.FindAsync(step.Question, near.Key, cancellation) is { } answer)
            {
                found.Add(new CheapAnswer(asked[i].Key, near.Similarity, answer.Value, answer.CostUsd ?? 0));
            }
        }

        return new CheapBatch { Answers = found };
    }

    async Task<KeptQuestions> KeptQuestionsAsync(Run run, int number, AskingStep step, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/kept-{number}.json";
        if (documents.TryGetValue(path + "/read", out var known))
        {
            return (KeptQuestions)known;
        }

        var list = await TryReadDocumentAsync<KeptParts>(path, cancellation)
            ?? await WriteDocumentAsync(path, new KeptParts(await KeptPartsAsync(run, step, cancellation)), cancellation);
        var parts = new List<byte[]>();
        foreach (var part in list.Paths)
        {
            // A run beside this one may have removed what is too much: there is less to compare with, and the sample still decides.
            if (await store.StatAsync(part, cancellation) is not null)
            {
                parts.Add(await store.ReadAsync(part, cancellation));
            }
        }

        return Remember(path + "/read", KeptQuestions.FromBytes(parts));
    }

    /// <summary>The newest questions that other runs have kept, as many as are compared with.</summary>
    async Task<IReadOnlyList<string>> KeptPartsAsync(Run run, AskingStep step, CancellationToken cancellation)
    {
        var all = new List<(string Path, long Bytes)>();
        await foreach (var found in store.ListAsync(KeptQuestions.PrefixOf(step.Question), cancellation))
        {
            all.Add((found.Path, found.Bytes));
        }

        // Paths begin with the time.
        var (parts, bytes) = (new List<string>(), 0L);
        foreach (var (path, size) in all.Where(p => !p.Path.Contains($"-{run.Id}-", StringComparison.Ordinal)).OrderByDescending(p => p.Path, StringComparer.Ordinal))
        {
            bytes += size;
            if (bytes > (long)step.Similar!.Compared * KeptQuestions.RecordBytes && parts.Count > 0)
            {
                break;
            }

            parts.Add(path);
        }

        return parts;
    }

    /// <summary>Keeps the questions of a batch that the model has answered. What was taken is not kept: errors would breed errors.</summary>
    async Task KeepQuestionsAsync(Run run, int number, int batch, AskingStep step, Batch rows, AskTodo todo, AnswerStore answers, CancellationToken cancellation)
    {
        if (step.Similar is null)
        {
            return;
        }

        var answered = new List<AskedRow>();
        foreach (var row in step.Rows(rows).Of(step.Question, todo.Rows))
        {
            if (await answers.FindAsync(step.Question, row.Key, cancellation) is not null)
            {
                answered.Add(row);
            }
        }

        if (answered.Count > 0)
        {
            var since = KeptQuestions.TimeOf((await AskingSinceAsync(run, cancellation)).Since);
            var name = FormattableString.Invariant($"{since}-{run.Id}-{number}-{batch}-{answered[0].Key.High:x16}");
            await store.CreateAsync(KeptQuestions.PrefixOf(step.Question) + name, KeptQuestions.ToBytes(answered, cancellation), cancellation);
        }
    }

    /// <summary>
    /// Removes kept questions that are too many, the oldest first, and those whose answers are too old to be taken; writes down what is left. Which they are follows from what is kept and from when this run
    /// began to ask, so a second delivery removes nothing else.
    /// </summary>
    async Task TrimKeptAsync(Run run, int number, AskingStep step, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/{KeptSize.Prefix}{number}.json";
        if (step.Similar is not { } similar || run.Plan.Request.Forecast || await TryReadDocumentAsync<KeptSize>(path, cancellation) is not null)
        {
            return;
        }

        var prefix = KeptQuestions.PrefixOf(step.Question);
        var parts = new List<ObjectInfo>();
        await foreach (var part in store.ListAsync(prefix, cancellation))
        {
            parts.Add(part);
        }

        var oldest = prefix + KeptQuestions.TimeOf((await AskingSinceAsync(run, cancellation)).Since - TimeSpan.FromHours(step.Question.Options.CacheTtlHours));
        var (kept, removed, isFull) = (0L, 0L, false);
        foreach (var part in parts.OrderByDescending(p => p.Path, StringComparer.Ordinal))
        {
            var questions = part.Bytes / KeptQuestions.RecordBytes;
            isFull |= kept + questions > similar.Kept || string.CompareOrdinal(part.Path, oldest) < 0;
            if (!isFull)
            {
                kept += questions;
            }
            else
            {
                removed += questions;
                await store.DeleteAsync(part.Path, cancellation);
            }
        }

        await WriteDocumentAsync(path, new KeptSize(run.Chain[number].Id, kept, kept * KeptQuestions.RecordBytes, removed), cancellation);
    }

    static string SimilarNote(AskingStep step, CascadeOptions promise, (double Threshold, double Estimate)? chosen, int spared, long questions)
    {
        var bound = string.Create(CultureInfo.InvariantCulture, $"at most {1 - promise.AtLeast:0.####} of the rows differ from what '{step.Question.Model}' would answer, missed with a probability of at most {promise.Delta:0.####}");
        return chosen is { } c ? string.Create(CultureInfo.InvariantCulture, $"Answers to questions of a similarity of {c.Threshold:0.###} or more are taken for {spared:N0} of {questions:N0} new questions: {bound}.")
            : questions <= promise.LabelBudget ? string.Create(CultureInfo.InvariantCulture, $"'{step.Question.Model}' answers all: {questions:N0} new questions have a similar one, no more than the sample of {promise.LabelBudget:N0}.")
            : string.Create(CultureInfo.InvariantCulture, $"'{step.Question.Model}' answers all: a sample of {promise.LabelBudget:N0} questions does not show, at any similarity, that {bound}.");
    }
}
