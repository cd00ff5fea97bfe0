namespace Sluice.Embedding;

/// <summary>How often a job is looked at: soon at first, because small ones end in seconds, then less and less, because a large one costs an hour.</summary>
public static class EmbedPolling
{
    /// <summary>Looks that one history holds; the orchestration then begins a new one.</summary>
    public const int PollsPerHistory = 50;

    static readonly TimeSpan first = TimeSpan.FromSeconds(1), longest = TimeSpan.FromMinutes(2);

    /// <summary>Time before the next look.</summary>
    /// <param name="polls">Looks so far.</param>
    public static TimeSpan Pause(int polls)
    {
        var pause = first * Math.Pow(1.5, Math.Min(polls, 20));
        return pause < longest ? pause : longest;
    }
}
