using Sluice.Llm;
using Sluice.Llm.Loopback;

namespace Sluice.Functions.Tests.Llm;

/// <summary>What every provider makes of throttles, broken answers, refusals and silence.</summary>
public sealed class ProviderFaultTests : ProviderContract
{
    [Theory]
    [InlineData("openai", "retry-after-ms")]
    [InlineData("azure", "retry-after-ms")]
    [InlineData("anthropic", "retry-after")]
    [InlineData("gemini", "retry-after")]
    [InlineData("local", "retry-after")]
    public async Task A_throttled_call_is_made_again_when_the_provider_says_so_and_paid_once(string format, string header)
    {
        Server.Answer = call => call.Number == 0 ? LoopbackReply.Throttled(header, "0") : new LoopbackReply { Text = "a cat" };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.Equal("a cat", answer.Text);
        Assert.Equal((2, 1), (Server.Calls.Count, Server.PaidCalls.Count));
        Assert.Equal(default, answer.Wasted);
    }

    [Theory]
    [InlineData("openai", "retry-after-ms", "3600000")]
    [InlineData("anthropic", "retry-after", "3600")]
    [InlineData("anthropic", "anthropic-ratelimit-tokens-reset", "2999-01-01T00:00:00Z")]
    [InlineData("gemini", "retry-after", "3600")]
    public async Task A_wait_of_an_hour_is_reported_and_not_begun(string format, string header, string value)
    {
        Server.Answer = _ => LoopbackReply.Throttled(header, value);
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<TransientException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal($"{Id(format)} did not answer in 1 try: it said 429, Rate limit reached..", error.Message);
        Assert.Single(Server.Calls);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_answer_that_breaks_off_or_is_no_json_is_asked_for_again_and_counted_as_wasted(string format)
    {
        Server.Answer = call => call.Number switch
        {
            0 => new LoopbackReply { BreaksOff = true },
            1 => new LoopbackReply { RawBody = "{\"choices\": [" },
            2 => new LoopbackReply { RawBody = "[]" },
            _ => new LoopbackReply { Text = "a cat" },
        };
        await using var configured = Configured(format, ("LongestWait", "00:10:00"));

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.Equal("a cat", answer.Text);
        Assert.Equal(4, Server.Calls.Count);
        Assert.True(answer.Wasted.Input > 0);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_wrong_key_is_said_once_and_not_shown(string format)
    {
        Server.Answer = _ => new LoopbackReply { Status = 401, ErrorCode = "invalid_api_key", ErrorMessage = $"Incorrect API key provided: {Key}." };
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal($"{Id(format)} refused the key or identity (401). Check Sluice:Llm:Providers:{format}:Key and what it has a right to.", error.Message);
        Assert.Single(Server.Calls);
    }

    [Theory]
    [InlineData("openai", 400, "context_length_exceeded", "Too many tokens.", true)]
    [InlineData("anthropic", 400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", true)]
    [InlineData("anthropic", 413, "request_too_large", "Request exceeds the maximum size", true)]
    [InlineData("gemini", 400, "INVALID_ARGUMENT", "The input token count exceeds the maximum number of tokens allowed.", true)]
    [InlineData("openai", 400, "unsupported_parameter", "Unsupported parameter.", false)]
    public async Task A_question_that_is_too_long_says_that_another_may_be_answered(string format, int status, string code, string message, bool expected)
    {
        Server.Answer = _ => new LoopbackReply { Status = status, ErrorCode = code, ErrorMessage = message };
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal(expected, error.OfQuestion);
    }

    [Fact]
    public async Task Money_that_is_used_up_is_no_throttle()
    {
        Server.Answer = _ => new LoopbackReply { Status = 429, ErrorCode = "insufficient_quota", ErrorMessage = "You exceeded your current quota." };
        await using var configured = Configured("openai");

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question("openai"), CancellationToken.None));

        Assert.Equal("openai/gpt-4o-mini refused the question (429): You exceeded your current quota.", error.Message);
    }

    [Fact]
    public async Task A_fallback_of_another_format_answers()
    {
        Server.Answer = call => call.Format == WireFormat.Anthropic ? new LoopbackReply { Status = 404, ErrorMessage = "model: gone" } : new LoopbackReply { Text = "a cat" };
        await using var configured = ConfiguredModels.Of(
            ("Providers:anthropic:Key", Key), ("Providers:anthropic:Endpoint", Server.Address), ("Providers:openai:Key", Key), ("Providers:openai:Endpoint", Server.OpenAI),
            ("Fallbacks", "gpt-5.6-luna"));

        var answer = await configured.Models.AskAsync(new ModelRequest { Model = "claude-sonnet-4-20250514", Prompt = "What is it?" }, CancellationToken.None);

        Assert.Equal("openai/gpt-5.6-luna", answer.Model);
        Assert.Equal(["claude-sonnet-4-6", "gpt-5.6-luna"], Server.Calls.Select(c => c.Model));
    }

    [Fact]
    public async Task Nobody_listening_is_a_fault_that_may_pass()
    {
        var address = Server.OpenAI;
        await Server.DisposeAsync();
        Server = await LoopbackModels.StartAsync();
        await using var configured = ConfiguredModels.Of(("Providers:openai:Key", Key), ("Providers:openai:Endpoint", address), ("Tries", "1"));

        var error = await Assert.ThrowsAsync<TransientException>(() => configured.Models.AskAsync(Question("openai"), CancellationToken.None));

        Assert.StartsWith("openai/gpt-4o-mini did not answer in 1 try: it cannot be reached: Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_call_that_takes_too_long_is_given_up(string format)
    {
        Server.AnswerAsync = async (_, gone) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, gone);
            return new LoopbackReply();
        };
        await using var configured = Configured(format, ("Tries", "1"));

        var error = await Assert.ThrowsAsync<TransientException>(
            () => configured.Models.AskAsync(Question(format) with { Timeout = TimeSpan.FromMilliseconds(200) }, CancellationToken.None));

        Assert.Equal($"{Id(format)} did not answer in 1 try: no answer within 0.2 s.", error.Message);
    }
}
