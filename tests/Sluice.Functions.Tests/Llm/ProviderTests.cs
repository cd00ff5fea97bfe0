using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using Azure.Core;
using Sluice.Functions.Llm;
using Sluice.Llm;
using Sluice.Llm.Loopback;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Tests.Llm;

/// <summary>Every provider by its real client, against a server on this machine that speaks its format.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    const string Schema = """{"type":"object","properties":{"kind":{"type":"string"}},"required":["kind"],"additionalProperties":false}""";
    const string Key = "key-of-a-test";

    LoopbackModels server = null!;

    public static TheoryData<string> Formats => ["openai", "azure", "anthropic", "gemini", "local"];

    public async Task InitializeAsync() => server = await LoopbackModels.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_question_is_asked_once_and_its_answer_comes_with_the_providers_own_counts(string format)
    {
        var writes = format == "anthropic" ? 50 : 0;
        server.Answer = _ => new LoopbackReply { Text = "a cat", Thought = "Whiskers.", InputTokens = 1_000, CachedTokens = 200, CacheWriteTokens = writes, OutputTokens = 70, ThinkingTokens = 30 };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format) with { System = "Be short." }, CancellationToken.None);

        Assert.Equal((Id(format), "a cat", AnswerFinish.Stop), (answer.Model, answer.Text, answer.Finish));
        Assert.Equal(new TokenUsage(1_000, 200, 70, writes), answer.Usage);
        Assert.Equal(default, answer.Wasted);
        Assert.False(string.IsNullOrEmpty(answer.RequestId));
        var call = Assert.Single(server.Calls);
        Assert.Equal(("What is it?", Model(format)), (call.Prompt, call.Model));
        Assert.Contains("Be short.", call.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(format == "local" ? "Bearer none" : format == "gemini" ? Key : $"Bearer {Key}", Credential(call));
    }

    [Theory]
    [InlineData("openai", "response_format.json_schema.schema")]
    [InlineData("azure", "response_format.json_schema.schema")]
    [InlineData("anthropic", "output_config.format.schema")]
    [InlineData("gemini", "generationConfig.responseJsonSchema")]
    [InlineData("local", "response_format.json_schema.schema")]
    public async Task An_answer_in_json_is_asked_for_in_the_providers_own_way(string format, string path)
    {
        server.Answer = _ => new LoopbackReply { Text = """{"kind":"cat"}""" };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format) with { AnswerSchema = Schema }, CancellationToken.None);

        Assert.Equal("""{"kind":"cat"}""", answer.Text);
        Assert.Equal(JsonNode.Parse(Schema)!.ToJsonString(), At(server.Calls[0], path)!.ToJsonString());
        if (At(server.Calls[0], "response_format.json_schema.strict") is { } strict)
        {
            Assert.True((bool)strict);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_model_that_enforces_no_schema_is_told_it_and_its_json_is_cut_out(string format)
    {
        server.Answer = _ => new LoopbackReply { Text = "Here you are:\n```json\n{\"kind\":\"cat\"}\n```" };
        await using var configured = Configured(format, ("Models:one:Schema", "Prompt"));

        var answer = await configured.Models.AskAsync(Question(format) with { AnswerSchema = Schema }, CancellationToken.None);

        Assert.Equal("""{"kind":"cat"}""", answer.Text);
        Assert.Contains(Schema, server.Calls[0].Prompt, StringComparison.Ordinal);
        Assert.Null(At(server.Calls[0], "response_format"));
    }

    [Theory]
    [InlineData("openai", "messages.0.content.0.image_url.url", "data:image/png;base64,AQID")]
    [InlineData("azure", "messages.0.content.0.image_url.url", "data:image/png;base64,AQID")]
    [InlineData("local", "messages.0.content.0.image_url.url", "data:image/png;base64,AQID")]
    [InlineData("anthropic", "messages.0.content.0.source.data", "AQID")]
    [InlineData("gemini", "contents.0.parts.0.inlineData.data", "AQID")]
    public async Task Pictures_are_sent_beside_the_prompt(string format, string path, string expected)
    {
        await using var configured = Configured(format, ("Models:one:Vision", "true"));

        await configured.Models.AskAsync(Question(format) with { Images = [new ModelImage("image/png", new byte[] { 1, 2, 3 })] }, CancellationToken.None);

        Assert.Equal(expected, (string?)At(server.Calls[0], path));
        Assert.Equal("What is it?", server.Calls[0].Prompt);
    }

    [Theory]
    [InlineData("openai", "Effort", "reasoning_effort", "medium")]
    [InlineData("azure", "Effort", "reasoning_effort", "medium")]
    [InlineData("anthropic", "Budget", "thinking.budget_tokens", "3000")]
    [InlineData("anthropic", "Adaptive", "output_config.effort", "medium")]
    [InlineData("gemini", "Budget", "generationConfig.thinkingConfig.thinkingBudget", "3000")]
    public async Task Thinking_is_asked_for_in_tokens_or_effort_and_has_room_beside_the_answer(string format, string thinking, string path, string expected)
    {
        await using var configured = Configured(format, ("Models:one:Thinking", thinking), ("Models:one:MaxOutputTokens", "64000"));

        await configured.Models.AskAsync(Question(format) with { ThinkingTokens = 3_000, MaxOutputTokens = 500 }, CancellationToken.None);

        var call = server.Calls[0];
        Assert.Equal(expected, At(call, path)!.ToString());
        Assert.Equal(3_500, (int)(At(call, "max_tokens") ?? At(call, "max_completion_tokens") ?? At(call, "generationConfig.maxOutputTokens"))!);
        Assert.True(format != "anthropic" || At(call, "temperature") is null);
    }

    [Theory]
    [InlineData("openai", LoopbackFinish.Length, AnswerFinish.Length)]
    [InlineData("anthropic", LoopbackFinish.Length, AnswerFinish.Length)]
    [InlineData("gemini", LoopbackFinish.Length, AnswerFinish.Length)]
    [InlineData("openai", LoopbackFinish.Refusal, AnswerFinish.Refused)]
    [InlineData("openai", LoopbackFinish.Filtered, AnswerFinish.Refused)]
    [InlineData("azure", LoopbackFinish.Filtered, AnswerFinish.Refused)]
    [InlineData("anthropic", LoopbackFinish.Refusal, AnswerFinish.Refused)]
    [InlineData("gemini", LoopbackFinish.Filtered, AnswerFinish.Refused)]
    [InlineData("gemini", LoopbackFinish.PromptFiltered, AnswerFinish.Refused)]
    public async Task How_an_answer_ended_is_kept(string format, LoopbackFinish finish, AnswerFinish expected)
    {
        server.Answer = _ => new LoopbackReply { Text = "No.", Finish = finish };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.Equal(expected, answer.Finish);
        Assert.Equal(new TokenUsage(100, 0, 10), answer.Usage);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task A_question_that_azure_filters_is_refused_and_costs_nothing()
    {
        server.Answer = _ => new LoopbackReply { Status = 400, ErrorCode = "content_filter", ErrorMessage = "The prompt was filtered." };
        await using var configured = Configured("azure");

        var answer = await configured.Models.AskAsync(Question("azure"), CancellationToken.None);

        Assert.Equal((AnswerFinish.Refused, default), (answer.Finish, answer.Usage));
    }

    [Theory]
    [InlineData("openai", "retry-after-ms")]
    [InlineData("azure", "retry-after-ms")]
    [InlineData("anthropic", "retry-after")]
    [InlineData("gemini", "retry-after")]
    [InlineData("local", "retry-after")]
    public async Task A_throttled_call_is_made_again_when_the_provider_says_so_and_paid_once(string format, string header)
    {
        server.Answer = call => call.Number == 0 ? LoopbackReply.Throttled(header, "0") : new LoopbackReply { Text = "a cat" };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.Equal("a cat", answer.Text);
        Assert.Equal((2, 1), (server.Calls.Count, server.PaidCalls.Count));
        Assert.Equal(default, answer.Wasted);
    }

    [Theory]
    [InlineData("openai", "retry-after-ms", "3600000")]
    [InlineData("anthropic", "retry-after", "3600")]
    [InlineData("anthropic", "anthropic-ratelimit-tokens-reset", "2999-01-01T00:00:00Z")]
    [InlineData("gemini", "retry-after", "3600")]
    public async Task A_wait_of_an_hour_is_reported_and_not_begun(string format, string header, string value)
    {
        server.Answer = _ => LoopbackReply.Throttled(header, value);
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<TransientException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal($"{Id(format)} did not answer in 1 try: it said 429, Rate limit reached..", error.Message);
        Assert.Single(server.Calls);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_answer_that_breaks_off_or_is_no_json_is_asked_for_again_and_counted_as_wasted(string format)
    {
        server.Answer = call => call.Number switch
        {
            0 => new LoopbackReply { BreaksOff = true },
            1 => new LoopbackReply { RawBody = "{\"choices\": [" },
            2 => new LoopbackReply { RawBody = "[]" },
            _ => new LoopbackReply { Text = "a cat" },
        };
        await using var configured = Configured(format, ("LongestWait", "00:10:00"));

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.Equal("a cat", answer.Text);
        Assert.Equal(4, server.Calls.Count);
        Assert.True(answer.Wasted.Input > 0);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_wrong_key_is_said_once_and_not_shown(string format)
    {
        server.Answer = _ => new LoopbackReply { Status = 401, ErrorCode = "invalid_api_key", ErrorMessage = $"Incorrect API key provided: {Key}." };
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal($"{Id(format)} refused the key or identity (401). Check Sluice:Llm:Providers:{format}:Key and what it has a right to.", error.Message);
        Assert.Single(server.Calls);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Counts_that_are_missing_or_cannot_be_are_estimated_from_above(string format)
    {
        server.Answer = _ => new LoopbackReply { InputTokens = 10, CachedTokens = 5_000, OutputTokens = 1 };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.True(answer.Usage is { Input: > 3, CachedInput: 0, Output: > 0 });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_answers_cost_is_the_bill_to_the_cent(string format)
    {
        var price = new LoopbackPrice(3, 0.3m, 3.75m, 15);
        server.Prices[Model(format)] = price;
        server.Answer = call => call.Number % 4 == 1
            ? LoopbackReply.Throttled("retry-after-ms", "0")
            : new LoopbackReply
            {
                InputTokens = 1_000 + call.Number,
                CachedTokens = 100 * call.Number,
                CacheWriteTokens = format == "anthropic" ? 7 * call.Number : 0,
                OutputTokens = 50 + call.Number,
                ThinkingTokens = call.Number,
            };
        await using var configured = Configured(format, [.. price.Settings.Select(s => ($"Models:one:{s.Name}", s.Value))]);
        var known = configured.Models.Find(Id(format), out _)!.Price!;
        var cost = 0m;

        for (var i = 0; i < 6; i++)
        {
            var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);
            cost += answer.Usage.CostAt(known) + answer.Wasted.CostAt(known);
        }

        Assert.True(cost > 0);
        Assert.Equal(server.Bill, cost);
        Assert.Equal((8, 6), (server.Calls.Count, server.PaidCalls.Count));
    }

    [Theory]
    [InlineData("openai", 400, "context_length_exceeded", "Too many tokens.", true)]
    [InlineData("anthropic", 400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", true)]
    [InlineData("anthropic", 413, "request_too_large", "Request exceeds the maximum size", true)]
    [InlineData("gemini", 400, "INVALID_ARGUMENT", "The input token count exceeds the maximum number of tokens allowed.", true)]
    [InlineData("openai", 400, "unsupported_parameter", "Unsupported parameter.", false)]
    public async Task A_question_that_is_too_long_says_that_another_may_be_answered(string format, int status, string code, string message, bool expected)
    {
        server.Answer = _ => new LoopbackReply { Status = status, ErrorCode = code, ErrorMessage = message };
        await using var configured = Configured(format);

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question(format), CancellationToken.None));

        Assert.Equal(expected, error.OfQuestion);
    }

    [Fact]
    public async Task Money_that_is_used_up_is_no_throttle()
    {
        server.Answer = _ => new LoopbackReply { Status = 429, ErrorCode = "insufficient_quota", ErrorMessage = "You exceeded your current quota." };
        await using var configured = Configured("openai");

        var error = await Assert.ThrowsAsync<ModelException>(() => configured.Models.AskAsync(Question("openai"), CancellationToken.None));

        Assert.Equal("openai/gpt-4o-mini refused the question (429): You exceeded your current quota.", error.Message);
    }

    [Fact]
    public async Task Without_a_key_azure_gets_a_token_of_the_apps_identity()
    {
        using var http = new HttpClient(new ToLoopback(server.Address));
        var options = new ProviderOptions { Endpoint = "https://house.openai.azure.com" };
        using var azure = new OpenAIModels("azure", options, ProviderKind.AzureOpenAI, new TestIdentity(), TimeProvider.System, new HttpClientPipelineTransport(http));
        var spec = new ModelSpec { Provider = "azure", Model = "house-model" };

        var reply = await azure.AskAsync(new ModelCall(spec, Question("azure"), 0), CancellationToken.None);

        Assert.Equal("ok", Assert.IsType<ProviderReply.Answered>(reply).Answer.Text);
        Assert.Equal((WireFormat.AzureOpenAI, "Bearer token for https://cognitiveservices.azure.com/.default"), (server.Calls[0].Format, Credential(server.Calls[0])));
    }

    [Fact]
    public async Task A_fallback_of_another_format_answers()
    {
        server.Answer = call => call.Format == WireFormat.Anthropic ? new LoopbackReply { Status = 404, ErrorMessage = "model: gone" } : new LoopbackReply { Text = "a cat" };
        await using var configured = ConfiguredModels.Of(
            ("Providers:anthropic:Key", Key), ("Providers:anthropic:Endpoint", server.Address), ("Providers:openai:Key", Key), ("Providers:openai:Endpoint", server.OpenAI),
            ("Fallbacks", "gpt-5.6-luna"));

        var answer = await configured.Models.AskAsync(new ModelRequest { Model = "claude-sonnet-4-20250514", Prompt = "What is it?" }, CancellationToken.None);

        Assert.Equal("openai/gpt-5.6-luna", answer.Model);
        Assert.Equal(["claude-sonnet-4-6", "gpt-5.6-luna"], server.Calls.Select(c => c.Model));
    }

    [Fact]
    public async Task Nobody_listening_is_a_fault_that_may_pass()
    {
        var address = server.OpenAI;
        await server.DisposeAsync();
        server = await LoopbackModels.StartAsync();
        await using var configured = ConfiguredModels.Of(("Providers:openai:Key", Key), ("Providers:openai:Endpoint", address), ("Tries", "1"));

        var error = await Assert.ThrowsAsync<TransientException>(() => configured.Models.AskAsync(Question("openai"), CancellationToken.None));

        Assert.StartsWith("openai/gpt-4o-mini did not answer in 1 try: it cannot be reached: Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_call_that_takes_too_long_is_given_up(string format)
    {
        server.AnswerAsync = async (_, gone) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, gone);
            return new LoopbackReply();
        };
        await using var configured = Configured(format, ("Tries", "1"));

        var error = await Assert.ThrowsAsync<TransientException>(
            () => configured.Models.AskAsync(Question(format) with { Timeout = TimeSpan.FromMilliseconds(200) }, CancellationToken.None));

        Assert.Equal($"{Id(format)} did not answer in 1 try: no answer within 0.2 s.", error.Message);
    }

    ConfiguredModels Configured(string format, params (string Name, string Value)[] settings)
    {
        var endpoint = format switch { "openai" or "local" => server.OpenAI, "gemini" => server.Gemini, _ => server.Address };
        (string, string)[] key = format == "local" ? [] : [($"Providers:{format}:Key", Key)];
        return ConfiguredModels.Of([.. key, ($"Providers:{format}:Endpoint", endpoint), ("Models:one:Provider", format), ("Models:one:Model", Model(format)), .. settings]);
    }

    sealed class TestIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new($"token for {requestContext.Scopes[0]}", DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    /// <summary>A token is sent over https only, and the server here has no certificate.</summary>
    sealed class ToLoopback(string address) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("house.openai.azure.com", request.RequestUri!.Host);
            request.RequestUri = new Uri(address + request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    static ModelRequest Question(string format) => new() { Model = Id(format), Prompt = "What is it?" };

    static string Id(string format) => $"{format}/{Model(format)}";

    // Of the known ones one that takes a temperature; deployments and local models have any name.
    static string Model(string format) => format switch { "openai" => "gpt-4o-mini", "anthropic" => "claude-haiku-4-5", "gemini" => "gemini-2.5-flash", _ => "house-model" };

    static string? Credential(LoopbackCall call) =>
        call.Headers.GetValueOrDefault("x-goog-api-key") ?? call.Headers.GetValueOrDefault("Authorization");

    static JsonNode? At(LoopbackCall call, string path)
    {
        JsonNode? node = call.Body;
        foreach (var part in path.Split('.'))
        {
            node = int.TryParse(part, out var index) ? node?[index] : node?[part];
        }

        return node;
    }
}
