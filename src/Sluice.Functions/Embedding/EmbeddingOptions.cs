using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions.Embedding;

/// <summary>Settings of the embedding job, section <c>Embedding</c>.</summary>
public sealed class EmbeddingOptions
{
    public const string Section = "Embedding";

    /// <summary>Resource id of a Container Apps job, <c>/subscriptions/…/jobs/…</c>. Default none: a child process of the app.</summary>
    public string Job { get; set; } = "";

    /// <summary>Store that the job works on: a folder, or the address of a blob container. Default the local store's.</summary>
    public string Store { get; set; } = "";

    /// <summary>Program of the child process. Default Sluice.EmbedJob.dll beside the app, or where this repository builds it.</summary>
    public string Program { get; set; } = "";

    /// <summary>
    /// Folders beneath which pipelines and requests may name a model's folder, separated by the platform's path separator. Default none: bundled models, and addresses
    /// with a checksum.
    /// </summary>
    public string ModelFolders { get; set; } = "";

    /// <summary>Time after which a job that has not ended is stopped and the app embeds by itself. Default 2 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromHours(2);
}
