using Sluice.VectorSpace;

namespace Sluice.Steps;

/// <summary>
/// One step of a pipeline: observe → merge → apply. A step is immutable; its options come in the constructor.
/// <list type="bullet">
/// <item><see cref="Plan"/> says what comes out, or every reason why it cannot run.</item>
/// <item><see cref="Observe"/> summarises batches into a mergeable <see cref="State"/> (optional).</item>
/// <item><see cref="Keys"/> and <see cref="Decide"/> let a step see all rows in key order: duplicates, groups, ranks (optional).</item>
/// <item><see cref="Fit"/> turns the merged state into small parameters.</item>
/// <item><see cref="Apply"/> transforms a batch with them, alone, and gives verdicts. Rows in + made = rows out + rejected.</item>
/// </list>
/// A row's result must not depend on the batch it is in, except through what was fitted.
/// </summary>
public abstract class Step
{
    /// <summary>Raise when the same options and input give another result than before: it is part of every memo key.</summary>
    public virtual int CodeVersion => 1;

    /// <summary>What the result depends on besides options and rows, such as the content of a model's files: part of every memo key.</summary>
    public virtual string DependsOn => "";

    /// <summary>Models that it opens, by the path of the option that names each: an app checks them before anything else (<see cref="Embedding.AllowedModels"/>).</summary>
    public virtual IReadOnlyList<(string Path, string Model)> Models => [];

    /// <summary>Schema that comes out. Report every problem, by option path, instead of stopping at the first.</summary>
    public abstract Schema Plan(Schema input, StepProblems problems);

    /// <summary>
    /// Input columns without which Apply cannot give the <paramref name="wanted"/> output columns and the right rows; null = all.
    /// Lets a pass read only the columns it needs. Apply must then accept a batch that has only those.
    /// </summary>
    public virtual IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => null;

    /// <summary>An empty state, or null when the step needs no look at the data before Apply.</summary>
    public virtual State? NewState(Schema input) => null;

    /// <summary>Columns that Observe and Keys read; null = all.</summary>
    public virtual IReadOnlySet<string>? Observes(Schema input) => null;

    public virtual void Observe(Batch batch, State state)
    {
    }

    /// <summary>Whether <see cref="Keys"/> and <see cref="Decide"/> are used.</summary>
    public virtual bool IsKeyed => false;

    /// <summary>One key per row; or several, all rows' first keys and then all rows' second: row <c>r</c> of <c>n</c> is then also row <c>n + r</c> for Decide.</summary>
    public virtual RowKey[] Keys(Batch batch) => [];

    /// <summary>
    /// What each row's vector is made of, for a keyed step that compares rows as vectors: <see cref="Decide"/> then finds them in
    /// <see cref="KeyedRows.Vectors"/>. Null for the others.
    /// </summary>
    public virtual VectorSource? Vectors(Schema input) => null;

    /// <summary>Bytes of one row's decision.</summary>
    public virtual int DecisionBytes => 1;

    /// <summary>Walks all rows in key order and decides; returns a small summary that <see cref="Fit"/> is given, or null.</summary>
    public virtual object? Decide(KeyedRows rows, Decisions decisions) => null;

    /// <summary>
    /// Files beside the source that deciding reads, as a <c>file_path</c> names them. They are inputs of the run by content, like the source's own, so a run
    /// with other content decides anew; a batch whose decisions stay the same is not applied again.
    /// </summary>
    public virtual IReadOnlyList<string> SideFiles => [];

    /// <summary>Whether <see cref="Decide"/> looks at the state of all rows, and so waits until it is merged.</summary>
    public virtual bool DecidesWithState => false;

    /// <summary>Parameters for Apply (see <see cref="Fitted.Of"/>). Called once, with the state of all rows (null without one).</summary>
    public virtual byte[] Fit(State? state, object? decided) => Fitted.None.Json;

    /// <summary>
    /// Schema that comes out once the parameters are known. Only a step whose output types depend on the data overrides it; its
    /// <see cref="Plan"/> then marks such columns with <see cref="Schemas.Unify.Fitted"/>, which later steps must accept as any type.
    /// </summary>
    public virtual Schema PlanFitted(Schema input, Fitted fitted) => Plan(input, new StepProblems());

    /// <summary>Whether Apply never changes or rejects anything with these options: a check. The next step may then look in the same pass.</summary>
    public virtual bool IsPassive => false;

    /// <summary>
    /// The part of the parameters that Apply depends on; a batch runs again only when it changes. A step whose parameters also hold
    /// counts or a report overrides it, or else one changed row would run every batch again.
    /// </summary>
    public virtual string ApplyKey(Fitted fitted) => System.Text.Encoding.UTF8.GetString(fitted.Json);

    /// <summary>The same, for a step that can tell from what all rows showed that some of its parameters decide nothing.</summary>
    public virtual string ApplyKey(Fitted fitted, State? state) => ApplyKey(fitted);

    /// <summary>The part of the parameters that the version's manifest shows; null: none. A step whose parameters hold cells of rows shows its counts alone.</summary>
    public virtual byte[]? ForManifest(Fitted fitted) => fitted.Json;

    /// <summary>A gate that failed with these parameters, as one sentence; null when the run may go on.</summary>
    public virtual string? GateFailure(Fitted fitted) => null;

    /// <summary>
    /// The rows it learns from, for a step that writes what it learned into rows (encodes, scales, fills in); null for others. A pipeline with such a
    /// step before its split is refused: what was learned from test rows would leak into training.
    /// </summary>
    public virtual TrainSet? LearnsFrom => null;

    /// <summary>The step as new rows meet it once the dataset is used; null for one that says nothing of a single row: a split, duplicates, a check.</summary>
    public virtual Step? ForNewRows => IsKeyed || IsPassive ? null : this;

    /// <summary>Whether it mends wrong values or takes out wrong rows with these options.</summary>
    public virtual bool Cleans => false;

    /// <summary>Whether it makes rows that stand for no record, copies or made-up ones, with these options: a pipeline that cleans after it is refused.</summary>
    public virtual bool Augments => false;

    /// <summary>What it promises about Apply, so that the optimiser may move steps past each other. Null, which promises nothing, is always right.</summary>
    public virtual StepEffects? Effects(Schema input) => null;

    /// <summary>
    /// What applying it to a row of these columns costs once it has learned, where 1 is a comparison of two numbers, some 10 ns: the optimiser keeps rows after dear steps that many looks come
    /// after. What a costly step found is in the store, and reading it is cheap.
    /// </summary>
    public virtual double ApplyCost(Schema input) => Effects(input)?.Cost is { } cost and < StepEffects.Costly ? cost : 1;

    /// <summary>Steps that it stands for with these options, in order, each observed and applied on its own; null where it is one itself.</summary>
    internal virtual IReadOnlyList<Step>? Parts => null;

    public abstract Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts);

    /// <summary>True when the data must be looked at before Apply.</summary>
    public bool Looks(Schema input) => IsKeyed || NewState(input) is not null;
}

/// <summary>A step of the catalogue that stands for several, in order; each is observed and applied on its own.</summary>
public abstract class StepGroup : Step
{
    public abstract IReadOnlyList<Step> Expand();

    public sealed override Schema Plan(Schema input, StepProblems problems) => Expand().Aggregate(input, (schema, step) => step.Plan(schema, problems));

    public sealed override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) =>
        throw new InvalidOperationException($"{GetType().Name} is expanded by the planner and never applied itself.");
}

/// <summary>Collects what is wrong with a step's options, each with the path of the option: <c>business_rules[0].column</c>.</summary>
public sealed class StepProblems
{
    readonly List<(string Path, string Message)> items = [];

    public IReadOnlyList<(string Path, string Message)> Items => items;

    public void Add(string path, string message) => items.Add((path, message));

    /// <summary>True when the column exists; otherwise reports it with the columns there are, and the nearest name.</summary>
    public bool Column(Schema schema, string path, string name)
    {
        if (schema.Has(name))
        {
            return true;
        }

        var near = schema.Select(f => f.Name).MinBy(known => Distance(known, name));
        var hint = near is not null && Distance(near, name) <= Math.Max(2, name.Length / 3) ? $" Did you mean '{near}'?" : "";
        Add(path, $"Column '{name}' does not exist here.{hint} It has: {schema.Names}.");
        return false;
    }

    /// <summary>Levenshtein distance, ignoring case.</summary>
    internal static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[right.Length];
    }
}
