using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions.Llm;

/// <summary>Settings of language models, section <c>Sluice:Llm</c>.</summary>
public sealed class LlmOptions
{
    public const string Section = "Sluice:Llm";

    /// <summary>Model of whatever names none. Default the cheapest for complex tasks of the first provider.</summary>
    public string DefaultModel { get; set; } = "";

    /// <summary>Model of the name <c>simple</c>. Default the cheapest of all.</summary>
    public string SimpleModel { get; set; } = "";

    /// <summary>Model of the name <c>complex</c>. Default as <see cref="DefaultModel"/>.</summary>
    public string ComplexModel { get; set; } = "";

    /// <summary>Model of the name <c>vision</c>. Default the cheapest for complex tasks that takes pictures, of the first provider.</summary>
    public string VisionModel { get; set; } = "";

    /// <summary>Models that stand in for one that fails, in this order, separated by commas. Default none.</summary>
    public string Fallbacks { get; set; } = "";

    /// <summary>Calls of one model for one question, the first included. Default 5.</summary>
    [Range(1, 100)]
    public int Tries { get; set; } = 5;

    /// <summary>Time waited for one model between its tries, all together. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a run that has spent its budget waits for somebody to approve more; zero: it fails at once. Default 3 days, at most 30.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan ApprovalTime { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Services, by a name of your choice. Default none: what asks a model does without, and says so.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Models and deployments, by a name of your choice, besides those that are known. Default none.</summary>
    public Dictionary<string, ModelOptions> Models { get; } = new(StringComparer.OrdinalIgnoreCase);
}
