using Sluice.Functions.Llm;
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

        Assert.Equal($"{Id(format)} did not answer in 1 try: it said 429, Rate limit reached.", error.Message);
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
    [InlineData("local", 400, "400", "This model's maximum context length is 4096 tokens.", true)]
    [InlineData("openai", 400, "unsupported_parameter", "Unsupported parameter.", false)]
    public async Task A_question_that_is_too_long_says_that_another_may_be_answered(string format, int status, string code, string message, bool expected)
    {
        Server.Answer = _ => new LoopbackReply { Status = status, ErrorCode = code, ErrorMessage = message };
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal(expected, error.OfQuestion);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_redirect_is_not_followed_because_it_would_take_the_key_along(string format)
    {
        await using var elsewhere = await LoopbackModels.StartAsync();
        Server.Answer = _ => new LoopbackReply { Status = 307, RawBody = "", Headers = new Dictionary<string, string> { ["location"] = elsewhere.OpenAI + "/chat/completions" } };
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal(
            $"{Id(format)} sends elsewhere (307), which is not followed: the key would go there too. Name the address itself as Sluice:Llm:Providers:{format}:Endpoint.", error.Message);
        Assert.Empty(elsewhere.Calls);
    }

    [Theory]
    [InlineData("openai", 400)]
    [InlineData("azure", 404)]
    [InlineData("anthropic", 500)]
    [InlineData("gemini", 400)]
    public async Task A_key_that_a_gateway_repeats_is_not_shown(string format, int status)
    {
        Server.Answer = _ => new LoopbackReply { Status = status, ErrorMessage = $"Bad headers: authorization: Bearer token-of-somebody, x-api-key: {Key}" };
        await using var configured = Configured(format, ("Tries", "1"));

        var error = await Assert.ThrowsAnyAsync<Exception>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Contains("Bad headers: authorization: Bearer … x-api-key: …", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task An_answer_without_end_is_one_that_was_cut(string format)
    {
        Server.Answer = _ => new LoopbackReply { RawBody = new string(' ', (int)ProviderHttp.MostAnswerBytes + 1) };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format) with { MaxOutputTokens = 70 }, CancellationToken.None);

        Assert.Equal((AnswerFinish.Length, "", 70), (answer.Finish, answer.Text, answer.Usage.Output));
        Assert.Single(Server.Calls);
    }

    [Theory]
    [InlineData(200, " <html>Sign in</html>", "it answered with a page instead of JSON. Check the endpoint of Sluice:Llm:Providers:local, and proxies on the way.")]
    [InlineData(200, "{\"choices\":[]}", "its answer broke off or is not of its format.")]
    [InlineData(200, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"\\ud800\"}}]}", "its answer broke off or is not of its format.")]
    [InlineData(500, "{\"error\":{\"message\":\"\\ud800\"}}", "it said 500.")]
    [InlineData(500, "{\"error\":\"model runner has stopped\"}", "it said 500, model runner has stopped.")]
    [InlineData(503, "<html>", "it said 503.")]
    public async Task Whatever_comes_is_told_in_one_sentence(int status, string body, string expected)
    {
        Server.Answer = _ => new LoopbackReply { Status = status, RawBody = body };
        await using var configured = Configured("local", ("Tries", "1"));

        var error = await Assert.ThrowsAsync<TransientException>(() => configured.Models.AskAsync(Question("local"), CancellationToken.None));

        Assert.Equal($"local/house-model did not answer in 1 try: {expected}", error.Message);
    }

    [Theory]
    [InlineData("\"usage\":{\"prompt_tokens\":10}")]
    [InlineData("\"usage\":{\"prompt_tokens\":9000000000000000000,\"completion_tokens\":9000000000000000000}")]
    [InlineData("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":-1}")]
    [InlineData("\"usage\":[]")]
    [InlineData("\"other\":0")]
    public async Task A_count_that_cannot_be_is_estimated_from_above(string usage)
    {
        Server.Answer = _ => new LoopbackReply { RawBody = $"{{\"choices\":[{{\"finish_reason\":\"stop\",\"message\":{{\"content\":\"a white cat\"}}}}],{usage}}}" };
        await using var configured = Configured("local");

        var answer = await configured.Models.AskAsync(Question("local"), CancellationToken.None);

        Assert.InRange(answer.Usage.Input, 4, 60);
        Assert.Equal(4, answer.Usage.Output);
    }

    [Theory]
    [InlineData("openai", "content_filter", "The response was filtered.")]
    [InlineData("azure", "content_filter", "The prompt triggered the content management policy.")]
    [InlineData("openai", "invalid_prompt", "Invalid prompt: your prompt was flagged.")]
    [InlineData("anthropic", "invalid_request_error", "Output blocked by content filtering policy")]
    public async Task A_filter_that_answers_with_an_error_refused_this_question_alone(string format, string code, string message)
    {
        Server.Answer = _ => new LoopbackReply { Status = 400, ErrorCode = code, ErrorMessage = message };
        await using var configured = Configured(format);

        Assert.Equal(AnswerFinish.Refused, (await configured.Models.AskAsync(Question(format), CancellationToken.None)).Finish);
        Assert.Single(Server.Calls);
    }

    [Theory]
    [InlineData("OTHER")]
    [InlineData("LANGUAGE")]
    [InlineData("PROHIBITED_CONTENT")]
    public async Task Gemini_ends_without_an_answer_for_reasons_that_do_not_pass(string reason)
    {
        Server.Answer = _ => new LoopbackReply { RawBody = $"{{\"candidates\":[{{\"finishReason\":\"{reason}\"}}]}}" };
        await using var configured = Configured("gemini");

        Assert.Equal(AnswerFinish.Refused, (await configured.Models.AskAsync(Question("gemini"), CancellationToken.None)).Finish);
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
