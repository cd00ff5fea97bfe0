namespace Sluice.Quality;

/// <summary>
/// The port to a look at meaning: contradictions, nonsense, values out of context. Asked only with <c>deep_analysis: true</c>. What it finds must be
/// recorded with the model that found it; so far nothing is behind the port but the plain statement that nothing is.
/// </summary>
abstract class DeepAnalysis
{
    /// <summary>No language model is configured.</summary>
    public static DeepAnalysis None { get; } = new NotConfigured();

    /// <summary>What the report says of it.</summary>
    public abstract string Note { get; }

    sealed class NotConfigured : DeepAnalysis
    {
        public override string Note => "deep_analysis was asked for and did not run: no language model is configured.";
    }
}
