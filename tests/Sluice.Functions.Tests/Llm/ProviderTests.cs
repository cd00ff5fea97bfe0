using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using Azure.Core;
using Sluice.Functions.Llm;
using Sluice.Llm;
using Sluice.Llm.Loopback;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Tests.Llm;

/// <summary>Every provider by its real client, against a server on this machine that speaks its format.</summary>
public sealed class ProviderTests : ProviderContract
{
    const string Schema = """{"type":"object","properties":{"kind":{"type":"string"}},"required":["kind"],"additionalProperties":false}""";

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_question_is_asked_once_and_its_answer_comes_with_the_providers_own_counts(string format)
    {
        var writes = format == "anthropic" ? 50 : 0;
        Server.Answer = _ => new LoopbackReply { Text = "a cat", Thought = "Whiskers.", InputTokens = 1_000, CachedTokens = 200, CacheWriteTokens = writes, OutputTokens = 70, ThinkingTokens = 30 };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format) with { System = "Be short." }, CancellationToken.None);

        Assert.Equal((Id(format), "a cat", AnswerFinish.Stop), (answer.Model, answer.Text, answer.Finish));
        Assert.Equal(new TokenUsage(1_000, 200, 70, writes), answer.Usage);
        Assert.Equal(default, answer.Wasted);
        Assert.False(string.IsNullOrEmpty(answer.RequestId));
        var call = Assert.Single(Server.Calls);
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
        Server.Answer = _ => new LoopbackReply { Text = """{"kind":"cat"}""" };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format) with { AnswerSchema = Schema }, CancellationToken.None);

        Assert.Equal("""{"kind":"cat"}""", answer.Text);
        Assert.Equal(JsonNode.Parse(Schema)!.ToJsonString(), At(Server.Calls[0], path)!.ToJsonString());
        if (At(Server.Calls[0], "response_format.json_schema.strict") is { } strict)
        {
            Assert.True((bool)strict);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_model_that_enforces_no_schema_is_told_it_and_its_json_is_cut_out(string format)
    {
        Server.Answer = _ => new LoopbackReply { Text = "Here you are:\n```json\n{\"kind\":\"cat\"}\n```" };
        await using var configured = Configured(format, ("Models:one:Schema", "Prompt"));

        var answer = await configured.Models.AskAsync(Question(format) with { AnswerSchema = Schema }, CancellationToken.None);

        Assert.Equal("""{"kind":"cat"}""", answer.Text);
        Assert.Contains(Schema, Server.Calls[0].Prompt, StringComparison.Ordinal);
        Assert.Null(At(Server.Calls[0], "response_format"));
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

        Assert.Equal(expected, (string?)At(Server.Calls[0], path));
        Assert.Equal("What is it?", Server.Calls[0].Prompt);
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

        var call = Server.Calls[0];
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
        Server.Answer = _ => new LoopbackReply { Text = "No.", Finish = finish };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.Equal(expected, answer.Finish);
        Assert.Equal(new TokenUsage(100, 0, 10), answer.Usage);
        Assert.Single(Server.Calls);
    }

    [Fact]
    public async Task A_question_that_azure_filters_is_refused_and_costs_nothing()
    {
        Server.Answer = _ => new LoopbackReply { Status = 400, ErrorCode = "content_filter", ErrorMessage = "The prompt was filtered." };
        await using var configured = Configured("azure");

        var answer = await configured.Models.AskAsync(Question("azure"), CancellationToken.None);

        Assert.Equal((AnswerFinish.Refused, default), (answer.Finish, answer.Usage));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Counts_that_are_missing_or_cannot_be_are_estimated_from_above(string format)
    {
        Server.Answer = _ => new LoopbackReply { InputTokens = 10, CachedTokens = 5_000, OutputTokens = 1 };
        await using var configured = Configured(format);

        var answer = await configured.Models.AskAsync(Question(format), CancellationToken.None);

        Assert.True(answer.Usage is { Input: > 3, CachedInput: 0, Output: > 0 });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_answers_cost_is_the_bill_to_the_cent(string format)
    {
        var price = new LoopbackPrice(3, 0.3m, 3.75m, 15);
        Server.Prices[Model(format)] = price;
        Server.Answer = call => call.Number % 4 == 1
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
        Assert.Equal(Server.Bill, cost);
        Assert.Equal((8, 6), (Server.Calls.Count, Server.PaidCalls.Count));
    }

    [Fact]
    public async Task Without_a_key_azure_gets_a_token_of_the_apps_identity()
    {
        using var http = new HttpClient(new ToLoopback(Server.Address));
        var options = new ProviderOptions { Endpoint = "https://house.openai.azure.com" };
        using var azure = new OpenAIModels("azure", options, ProviderKind.AzureOpenAI, new TestIdentity(), TimeProvider.System, new HttpClientPipelineTransport(http));
        var spec = new ModelSpec { Provider = "azure", Model = "house-model" };

        var reply = await azure.AskAsync(new ModelCall(spec, Question("azure"), 0), CancellationToken.None);

        Assert.Equal("ok", Assert.IsType<ProviderReply.Answered>(reply).Answer.Text);
        Assert.Equal((WireFormat.AzureOpenAI, "Bearer token for https://cognitiveservices.azure.com/.default"), (Server.Calls[0].Format, Credential(Server.Calls[0])));
    }

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
}
