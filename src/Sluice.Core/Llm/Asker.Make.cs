using System.Text;

namespace Sluice.Llm;

// One call: written down before it is made and after it has answered, so that a kill between leaves it in doubt and never forgotten.
sealed partial class Asker
{
    /// <summary>Makes a call, unless a batch answered it, and writes it down.</summary>
    async Task<CallRecord> MakeAsync(
        Question question, string step, int batch, RowGroup group, string id, string prompt, BatchedAnswer? batched, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        if (batched is not null)
        {
            return await calls.AddAsync(RecordOf(null, batched.Answer, null), CancellationToken.None);
        }

        var request = question.Request(prompt, group.Rows.Count, model);
        var begun = BegunCall.Of(id, step, request, model.Price, group.Rows.Count, time.GetUtcNow());
        await BeginAsync(begun, cancellation);
        ModelAnswer answer;
        string? error = null;
        try
        {
            answer = await models.AskAsync(request, cancellation);
        }
        catch (ModelException refused) when (refused.OfQuestion)
        {
            (answer, error) = (new ModelAnswer(question.Model, "", AnswerFinish.Refused, default, null, refused.Wasted), refused.Message);
        }
        catch (Exception failed) when (failed is ModelException or TransientException)
        {
            // Any other end, such as a stop, leaves the call in doubt: nobody knows whether it is charged.
            var wasted = failed is ModelException never ? never.Wasted : ((TransientException)failed).Wasted;
            var tried = RecordOf(begun.Try, new ModelAnswer(question.Model, "", AnswerFinish.Refused, default, null, wasted), failed.Message) with { Id = id + CallRecord.Failed };
            if (wasted != default)
            {
                // Nobody finds it as an answer, but it was paid.
                await calls.AddAsync(tried, CancellationToken.None);
            }

            await EndAsync(begun, tried.CostUsd);
            throw failed is ModelException
                ? new PipelineException($"Step '{step}': the model '{question.Model}' cannot be asked. {failed.Message}", failed)
                : new TransientException($"Step '{step}': {failed.Message} What was answered is kept: run again to go on.", failed) { Wasted = wasted };
        }

        var call = RecordOf(begun.Try, answer, error);

        // Paid: written down even if the run was stopped meanwhile.
        var counts = await calls.AddAsync(call, CancellationToken.None);
        await EndAsync(begun, call.CostUsd);
        return counts;

        CallRecord RecordOf(string? name, ModelAnswer answer, string? error)
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
                Try = name,
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

    /// <summary>Writes down that a call begins and sets the most that it can cost aside; where that cannot be, it was not begun.</summary>
    async Task BeginAsync(BegunCall call, CancellationToken cancellation)
    {
        await calls.BeginAsync(call, cancellation);
        try
        {
            await budget.ReserveAsync(call.Try, call.MostUsd ?? 0, cancellation);
        }
        catch
        {
            await EndAsync(call, 0);
            throw;
        }
    }

    async Task EndAsync(BegunCall call, decimal? costUsd)
    {
        await budget.SettleAsync(call.Try, costUsd, CancellationToken.None);
        await calls.EndAsync(call);
    }

    TokenPrice? PriceOf(string answered) => answered == model.Id ? model.Price : models.Find(answered, out _)?.Price;
}
