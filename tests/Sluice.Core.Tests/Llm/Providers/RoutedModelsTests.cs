using Sluice.Llm;
using Sluice.Llm.Providers;
using Sluice.Storage;

namespace Sluice.Core.Tests.Llm.Providers;

public sealed class RoutedModelsTests : IDisposable
{
    static readonly ProviderReply.Again busy = new("it said 503.", Throttled: true);
    readonly VirtualClock clock = new();
    readonly FakeProvider first = new(), second = new();

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task An_answer_after_a_hint_comes_when_the_hint_is_over_and_names_what_was_wasted()
    {
        first.Replies.Enqueue(new ProviderReply.Again("it said 429.", TimeSpan.FromSeconds(20), Throttled: true));
        first.Replies.Enqueue(new ProviderReply.Again("the answer broke off.", Paid: true));
        var began = clock.GetUtcNow();

        var answer = await AskAsync(Models(), Question("a/m1"));

        Assert.Equal(("a/m1", "yes"), (answer.Model, answer.Text));
        Assert.Equal(3, first.Calls.Count);
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(24));
        Assert.True(answer.Wasted is { Input: > 0, Output: 0 });
    }

    [Fact]
    public async Task A_fallback_answers_when_the_first_does_not_and_the_tries_are_used_up()
    {
        first.Always = busy;

        var answer = await AskAsync(Models(fallbacks: ["b/m2"]), Question("a/m1"));

        Assert.Equal("b/m2", answer.Model);
        Assert.Equal((3, 1), (first.Calls.Count, second.Calls.Count));
    }

    [Fact]
    public async Task A_wait_that_is_too_long_is_not_begun()
    {
        first.Always = new ProviderReply.Again("it said 429.", TimeSpan.FromHours(1), Throttled: true);
        var began = clock.GetUtcNow();

        var error = await Assert.ThrowsAsync<TransientException>(() => AskAsync(Models(), Question("a/m1")));

        Assert.Equal("a/m1 did not answer in 1 try: it said 429.", error.Message);
        Assert.Equal(began, clock.GetUtcNow());
    }

    [Fact]
    public async Task What_tries_cost_that_all_failed_is_told_with_the_failure()
    {
        first.Always = new ProviderReply.Again("the answer broke off.", Paid: true);

        var one = await Assert.ThrowsAsync<TransientException>(() => AskAsync(Models(), Question("a/m1")));
        first.Always = null;
        first.Replies.Enqueue(new ProviderReply.Again("the answer broke off.", Paid: true));
        first.Replies.Enqueue(new ProviderReply.Never("a/m1 refused the key or identity (401)."));
        var two = await Assert.ThrowsAsync<ModelException>(() => AskAsync(Models(), Question("a/m1")));

        Assert.Equal(3 * two.Wasted.Input, one.Wasted.Input);
        Assert.True(two.Wasted.Input > 0, "nothing was told");
    }

    [Fact]
    public async Task Who_refuses_for_good_is_not_asked_again()
    {
        first.Always = new ProviderReply.Never("a/m1 refused the key or identity (401).");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(Models(), Question("a/m1")));

        Assert.Equal("a/m1 refused the key or identity (401).", error.Message);
        Assert.Single(first.Calls);
        Assert.Equal("b/m2", (await AskAsync(Models(fallbacks: ["b/m2"]), Question("a/m1"))).Model);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_made_again_with_half_of_the_thinking()
    {
        first.Hangs = 2;

        var answer = await AskAsync(Models(), Question("a/m1") with { ThinkingTokens = 3_000, Timeout = TimeSpan.FromSeconds(10) });

        Assert.Equal([3_000, 1_500, 0], first.Calls.Select(c => c.ThinkingTokens));
        Assert.True(answer.Wasted.Input > 0);
    }

    [Fact]
    public async Task Time_for_thinking_becomes_tokens_by_measured_speed()
    {
        var models = Models();
        var question = Question("a/m1") with { ThinkingTime = TimeSpan.FromSeconds(30), MaxOutputTokens = 1_000 };
        await AskAsync(models, question);
        first.Takes = TimeSpan.FromSeconds(1);
        first.Usage = new TokenUsage(10, 0, 100);
        await AskAsync(models, question);
        await AskAsync(models, question);
        await AskAsync(models, question with { ThinkingDepth = ThinkingDepth.Standard });
        await AskAsync(models, question with { ThinkingTime = TimeSpan.FromHours(1) });

        // 50 tokens a second are assumed until 100 were measured; the model writes 8,192 at most.
        Assert.Equal([1_500, 1_500, 3_000, 1_500, 7_192], first.Calls.Select(c => c.ThinkingTokens));
    }

    [Fact]
    public async Task Pictures_go_to_a_model_that_takes_them()
    {
        var question = Question("a/m1") with { Images = [new ModelImage("image/png", new byte[] { 1 })] };

        Assert.Equal("a/m1 takes no pictures.", (await Assert.ThrowsAsync<ModelException>(() => AskAsync(Models(), question))).Message);
        Assert.Equal("b/m2", (await AskAsync(Models(fallbacks: ["b/m2"]), question)).Model);
        Assert.Empty(first.Calls);
    }

    [Fact]
    public async Task Cancellation_is_no_time_out()
    {
        first.Hangs = 1;
        using var stop = new CancellationTokenSource();
        var asking = Models().AskAsync(Question("a/m1"), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Single(first.Calls);
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_model_and_the_reason_says_so()
    {
        Assert.Null(LanguageModels.None.Find("default", out var reason));
        Assert.Equal("No language model is configured.", reason);
        Assert.Equal(reason, (await Assert.ThrowsAsync<ModelException>(() => LanguageModels.None.AskAsync(Question("default"), CancellationToken.None))).Message);
    }

    async Task<ModelAnswer> AskAsync(RoutedModels models, ModelRequest question)
    {
        // Without xunit's context all goes on at once where a timer fires, and the clock moves only when nothing else is left to do.
        SynchronizationContext.SetSynchronizationContext(null);
        var asking = models.AskAsync(question, CancellationToken.None);
        await clock.RunAsync(asking.ContinueWith(_ => { }, TaskScheduler.Default));
        return await asking;
    }

    RoutedModels Models(IReadOnlyList<string>? fallbacks = null)
    {
        ModelEntry[] entries =
        [
            new("m1", new ModelSpec { Provider = "a", Model = "m1", Thinking = ThinkingKind.Budget }, new ModelLimits(null, null)),
            new("m2", new ModelSpec { Provider = "b", Model = "m2", Vision = true }, new ModelLimits(null, null)),
        ];
        var routes = new ModelRoutes(entries, new Dictionary<string, string>(), fallbacks ?? [], ModelList.Default);
        return new RoutedModels(
            routes, new Dictionary<string, ModelProvider> { ["a"] = first.With(clock), ["b"] = second.With(clock) }, new RateLimiter(new MemoryLedger(), clock),
            new RetryLimits(3, TimeSpan.FromMinutes(5)), clock, new Random(7));
    }

    static ModelRequest Question(string model) => new() { Model = model, Prompt = "What is it?" };

    sealed class FakeProvider : ModelProvider
    {
        TimeProvider time = TimeProvider.System;

        public Queue<ProviderReply> Replies { get; } = new();

        public List<ModelCall> Calls { get; } = [];

        public ProviderReply? Always { get; set; }

        /// <summary>Calls that get no answer.</summary>
        public int Hangs { get; set; }

        public TimeSpan Takes { get; set; }

        public TokenUsage Usage { get; set; } = new(10, 0, 2);

        public FakeProvider With(TimeProvider clock)
        {
            time = clock;
            return this;
        }

        public override async Task<ProviderReply> AskAsync(ModelCall call, CancellationToken cancellation)
        {
            Calls.Add(call);
            if (Hangs-- > 0)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }

            await Task.Delay(Takes, time, cancellation);
            return Always ?? (Replies.TryDequeue(out var reply) ? reply : new ProviderReply.Answered(new ModelAnswer(call.Spec.Id, "yes", AnswerFinish.Stop, Usage, null)));
        }
    }
}
