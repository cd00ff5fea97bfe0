using System.Text;

namespace Sluice.Llm;

/// <content>One call: what may be spent is set aside, the model is asked, and what came is written down.</content>
sealed partial class Asker
{
    /// <summary>Makes a call, unless a batch answered it, and writes it down.</summary>
    async Task<CallRecord> MakeAsync(
        Question question, string step, int batch, RowGroup group, string id, string prompt, BatchedAnswer? batched, CancellationToken cancellation)
    {
        var request = question.Request(prompt, group.Rows.Count, model);
        await (batched is null ? budget.ReserveAsync(id, request, model, cancellation) : Task.CompletedTask);
        var started = time.GetTimestamp();
        ModelAnswer answer;
        string? error = null;
        try
        {
            answer = batched?.Answer ?? await models.AskAsync(request, cancellation);
        }
        catch (ModelException refused) when (refused.OfQuestion)
        {
            (answer, error) = (new ModelAnswer(question.Model, "", AnswerFinish.Refused, default, null, refused.Wasted), refused.Message);
        }
        catch (Exception failed)
        {
            var wasted = failed is ModelException never ? never.Wasted : failed is TransientException later ? later.Wasted : default;
            var tried = RecordOf(new ModelAnswer(question.Model, "", AnswerFinish.Refused, default, null, wasted), failed.Message) with { Id = $"{id}-failed" };
            if (wasted != default)
            {
                // Nobody finds it as an answer, but it was paid.
                await calls.AddAsync(tried, CancellationToken.None);
            }

            await budget.SettleAsync(id, tried.CostUsd, CancellationToken.None);
            if (failed is ModelException)
            {
                throw new PipelineException($"Step '{step}': the model '{question.Model}' cannot be asked. {failed.Message}", failed);
            }

            if (failed is TransientException)
            {
                throw new TransientException($"Step '{step}': {failed.Message} What was answered is kept: run again to go on.", failed) { Wasted = wasted };
            }

            throw;
        }

        var call = RecordOf(answer, error);

        // Paid: written down even if the run was stopped meanwhile.
        var counts = await calls.AddAsync(call, CancellationToken.None);
        await budget.SettleAsync(id, counts.CostUsd, CancellationToken.None, ReferenceEquals(counts, call) ? 0 : call.CostUsd ?? 0);
        return counts;

        CallRecord RecordOf(ModelAnswer answer, string? error)
        {
            var results = CallText.Results(answer.Text, group.Rows.Count, out _, out _);
            var written = new long[group.Rows.Count];
            results.ForEach(r => written[r.Place] = Encoding.UTF8.GetByteCount(r.Json.GetRawText()));
            var total = answer.Usage + answer.Wasted;
            var price = batched is null ? PriceOf(answer.Model) : batched.Price;
            return new CallRecord
            {
                Id = id,
                Step = step,
                Batch = batch,
                Round = group.Round,
                At = time.GetUtcNow(),
                PromptBytes = Encoding.UTF8.GetByteCount(prompt),
                Model = answer.Model,
                Finish = answer.Finish,
                Text = answer.Text,
                Error = error,
                Usage = answer.Usage,
                Wasted = answer.Wasted,
                CostUsd = price is null ? null : total.CostAt(price),
                RequestId = answer.RequestId,
                BatchId = batched?.Batch,
                Milliseconds = time.GetElapsedTime(started).TotalMilliseconds,
                Rows = Shares.Of(total, price, group.Rows, written),
            };
        }
    }

    TokenPrice? PriceOf(string answered) => answered == model.Id ? model.Price : models.Find(answered, out _)?.Price;
}
