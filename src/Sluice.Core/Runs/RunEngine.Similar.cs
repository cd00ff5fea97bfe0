using System.Globalization;
using Sluice.Llm;

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
            parts.Add(await store.ReadAsync(part, cancellation));
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
            var since = (await AskingSinceAsync(run, cancellation)).Since.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
            var name = FormattableString.Invariant($"{since}-{run.Id}-{number}-{batch}-{answered[0].Key.High:x16}");
            await store.CreateAsync(KeptQuestions.PrefixOf(step.Question) + name, KeptQuestions.ToBytes(answered, cancellation), cancellation);
        }
    }

    static string SimilarNote(AskingStep step, CascadeOptions promise, (double Threshold, double Estimate)? chosen, int spared, long questions)
    {
        var bound = string.Create(CultureInfo.InvariantCulture, $"at most {1 - promise.AtLeast:0.####} of the rows differ from what '{step.Question.Model}' would answer, missed with a probability of at most {promise.Delta:0.####}");
        return chosen is { } c ? string.Create(CultureInfo.InvariantCulture, $"Answers to questions of a similarity of {c.Threshold:0.###} or more are taken for {spared:N0} of {questions:N0} new questions: {bound}.")
            : questions <= promise.LabelBudget ? string.Create(CultureInfo.InvariantCulture, $"'{step.Question.Model}' answers all: {questions:N0} new questions have a similar one, no more than the sample of {promise.LabelBudget:N0}.")
            : string.Create(CultureInfo.InvariantCulture, $"'{step.Question.Model}' answers all: a sample of {promise.LabelBudget:N0} questions does not show, at any similarity, that {bound}.");
    }
}
