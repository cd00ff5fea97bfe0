namespace Sluice.Labels;

/// <summary>Which labels are taken for errors, in cleanlab's words. None takes a label for an error that is the likeliest class.</summary>
public enum LabelErrorFilter
{
    /// <summary>As many of each pair of label and true class as the joint says, those with the largest margin for the other class.</summary>
    PruneByNoiseRate,

    /// <summary>As many of each label as the joint says are wrong, those with the smallest chance of their label.</summary>
    PruneByClass,

    /// <summary>What both of these say.</summary>
    Both,

    /// <summary>Rows that are confidently of another class.</summary>
    ConfidentLearning,

    /// <summary>Rows whose likeliest class is another.</summary>
    PredictedNeqGiven,
}
