using System.Text.Json;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Core.Tests.Llm.Providers;

public sealed class ModelRoutesTests
{
    static readonly DateOnly day = new(2026, 11, 21);

    [Fact]
    public void A_dated_id_that_was_retired_stays_accepted_and_says_what_answers()
    {
        var route = Routes("anthropic").Find("claude-sonnet-4-20250514", out _)!;

        Assert.Equal("anthropic/claude-sonnet-4-6", route.Candidates[0].Spec.Id);
        Assert.Contains(route.Notes, n => n.Contains("retired on 2026-06-15", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_of_another_provider_goes_to_the_first_fallback_and_says_so()
    {
        var route = Routes("openai", fallbacks: ["gpt-5.6-luna"]).Find("claude-sonnet-4-20250514", out _)!;

        Assert.Equal("openai/gpt-5.6-luna", route.Candidates[0].Spec.Id);
        Assert.Contains(route.Notes, n => n.Contains("anthropic/claude-sonnet-4-6 is not configured; openai/gpt-5.6-luna answers instead", StringComparison.Ordinal));
        Assert.Null(Routes("openai").Find("claude-sonnet-4-20250514", out var reason));
        Assert.StartsWith("There is no language model 'claude-sonnet-4-20250514'. Expected 'default', 'simple', 'complex', 'vision' or one of: openai/", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Simple_tasks_go_to_the_cheapest_and_pictures_to_whoever_takes_them()
    {
        var routes = Routes("anthropic", "openai");
        var cheapest = routes.Entries.MinBy(e => (3 * e.Spec.Price!.Input) + e.Spec.Price.Output)!;

        Assert.Equal(cheapest, routes.ForTask("simple"));
        Assert.Equal("anthropic/claude-sonnet-5-5", routes.ForTask("complex")!.Spec.Id);
        Assert.Equal("anthropic/claude-sonnet-5-5", routes.ForTask("vision")!.Spec.Id);
        Assert.Equal(routes.ForTask("complex"), routes.Find("default", out _)!.Candidates[0]);
    }

    [Fact]
    public void Settings_win_over_prices()
    {
        var entries = Entries("anthropic", "openai");
        var routes = new ModelRoutes(entries, new Dictionary<string, string> { ["simple"] = "gpt-4o-mini", ["default"] = "claude-sonnet-5" }, ["openai/gpt-5.6-terra"], ModelList.Default);

        Assert.Equal("openai/gpt-4o-mini", routes.ForTask("simple")!.Spec.Id);
        Assert.Equal(["anthropic/claude-sonnet-5", "openai/gpt-5.6-terra"], routes.Find("complex", out _)!.Candidates.Select(c => c.Spec.Id));
    }

    [Fact]
    public void A_price_holds_from_its_day_on()
    {
        var sonnet = ModelList.Default.Models["anthropic/claude-sonnet-5-5"];

        Assert.Null(sonnet.PriceOn(new DateOnly(2026, 1, 1)));
        Assert.Equal(0.2m, sonnet.PriceOn(new DateOnly(2026, 10, 6))!.CachedInput);
        Assert.Equal(0.1m, sonnet.PriceOn(new DateOnly(2026, 10, 7))!.CachedInput);
    }

    [Fact]
    public void The_list_agrees_with_itself()
    {
        var list = ModelList.Default;

        Assert.All(list.Aliases.Values, a => Assert.Contains(a.StandsFor, list.Models.Keys));
        Assert.All(list.Models.Values, m =>
        {
            Assert.NotNull(m.PriceOn(list.Checked));
            Assert.All(m.Prices, p => Assert.True(p is { Input: > 0, Output: > 0 } && p.CachedInput <= p.Input && p.Output > p.Input));
            Assert.True(m.Output <= m.Context);
            Assert.DoesNotContain(m.Id, list.Aliases.Keys);
        });
    }

    [Theory]
    [InlineData("retry-after", "7", 7.0)]
    [InlineData("Retry-After", "Sat, 21 Nov 2026 00:00:30 GMT", 30.0)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    [InlineData("x-ratelimit-reset-requests", "6m0s", 360.0)]
    [InlineData("x-ratelimit-reset-tokens", "1.5s", 1.5)]
    [InlineData("x-ratelimit-reset-tokens", "80ms", 0.08)]
    [InlineData("anthropic-ratelimit-input-tokens-reset", "2026-11-21T00:01:00Z", 60.0)]
    [InlineData("retry-after", "-5", null)]
    [InlineData("retry-after", "soon", null)]
    [InlineData("retry-after", "NaN", null)]
    [InlineData("retry-after-ms", "1e300", null)]
    [InlineData("x-ratelimit-reset-tokens", "1.2.3s", null)]
    [InlineData("x-ratelimit-reset-tokens", ".s", null)]
    [InlineData("x-ratelimit-reset-tokens", "999999999h", null)]
    [InlineData("x-ratelimit-reset-tokens", "999999h", 3_599_996_400.0)]
    [InlineData("x-other", "1", null)]
    public void Hints_are_read_in_every_form(string header, string value, double? seconds)
    {
        string? Header(string name) => string.Equals(name, header, StringComparison.OrdinalIgnoreCase) ? value : null;

        Assert.Equal(seconds, RetryHints.After(Header, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))?.TotalSeconds);
    }

    [Fact]
    public void Only_a_budget_that_is_used_up_is_waited_for()
    {
        var headers = new Dictionary<string, string>
        {
            ["x-ratelimit-remaining-requests"] = "12",
            ["x-ratelimit-reset-requests"] = "6m0s",
            ["x-ratelimit-remaining-tokens"] = "0",
            ["x-ratelimit-reset-tokens"] = "2s",
        };

        Assert.Equal(TimeSpan.FromSeconds(2), RetryHints.After(headers.GetValueOrDefault, DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData("""Sure! [1] Here: {"a": {"b": "}"}} and more {"c": 1}""", """{"type":"object"}""", """{"a": {"b": "}"}}""")]
    [InlineData("```json\n[1, 2]\n```", """{"type":"array"}""", "[1, 2]")]
    [InlineData("""{"a": 1""", "{}", """{"a": 1""")]
    [InlineData("no braces", "{}", "no braces")]
    [InlineData("{curly} then {\"é\": 1}", "{}", "{\"é\": 1}")]
    public void Json_is_cut_out_of_prose(string answer, string schema, string expected) => Assert.Equal(expected, AnswerJson.Extract(answer, schema));

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""", false)]
    [InlineData("""{"type":"array","items":{"type":"object"}}""", false)]
    [InlineData("""{"type":"array","items":{"enum":["x","y"]}}""", true)]
    public void A_schema_is_strict_only_when_all_its_objects_are_closed(string schema, bool expected)
    {
        using var document = JsonDocument.Parse(schema);
        Assert.Equal(expected, AnswerJson.IsStrict(document.RootElement));
    }

    [Fact]
    public void Usage_is_priced_by_its_parts() =>
        Assert.Equal(
            ((700m * 2) + (200m * 0.2m) + (100m * 2.5m) + (50m * 10)) / 1_000_000m, new TokenUsage(1_000, 200, 50, 100).CostAt(new TokenPrice(2, 0.2m, 10, 2.5m)));

    static ModelRoutes Routes(string first, string? second = null, string[]? fallbacks = null) =>
        new(Entries(second is null ? [first] : [first, second]), new Dictionary<string, string>(), fallbacks ?? [], ModelList.Default);

    static List<ModelEntry> Entries(params string[] providers) =>
        [.. providers.SelectMany(p => ModelList.Default.Models.Values.Where(m => m.Id.StartsWith(p + "/", StringComparison.Ordinal)).Select(m => m.At(p, m.Id[(p.Length + 1)..], day)))
            .Select(s => new ModelEntry(s.Id, s, new ModelLimits(null, null)))];
}
