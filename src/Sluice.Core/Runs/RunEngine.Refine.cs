using System.Text;
using Sluice.Llm;
using Sluice.SchemaDetection;
using Sluice.Steps;

namespace Sluice.Runs;

// A schema that a language model describes: asked once, when the look is fitted, so that nothing after it depends on who asks.
public sealed partial class RunEngine
{
    async Task<StepFit> RefinedAsync(Run run, int number, SchemaDetectionStep step, State state, StepFit fit, CancellationToken cancellation)
    {
        var id = run.Chain[number].Id;
        var model = Models.Find(step.Asked!, out var reason)
            ?? throw new PipelineException($"Step '{id}': the run began with the model '{step.Asked}', which cannot be asked here. {reason}", null);
        var asking = await AskingSinceAsync(run, cancellation);
        var answers = new AnswerStore(store, run.Id, asking);
        var asker = new Asker(Models, model, answers, new CallLog(store, run.Id), new CallClaims(ledger, time), await BudgetAsync(run, id, step, cancellation), time);
        var refiner = new ModelRefiner(new ItemAsker(asker, answers, run.Id, id, model, store), step.SendsPersonalData);
        if (run.Plan.Request.Forecast)
        {
            var parts = await step.ForecastAsync(state, run.Pipeline.Dataset, refiner, cancellation);
            await WriteDocumentAsync(RefiningPath(run, number), CostForecast.Unasked(id, parts, model.Price), cancellation);
            return fit;
        }

        var json = await step.RefinedFitAsync(state, run.Pipeline.Dataset, refiner, cancellation);
        return fit with { Json = Encoding.UTF8.GetString(json), Unanswered = refiner.Unanswered == 0 ? null : refiner.Unanswered };
    }

    static string RefiningPath(Run run, int number) => $"runs/{run.Id}/forecast-{number}.json";
}
