using System.Text;

namespace Sluice.Llm;

/// <summary>
/// What a forecast saw: questions of the first step that asks, drawn by their keys, and all that came of their rows in the steps after it. A later step's question belongs to the drawn
/// question whose rows ask it; one that several ask belongs to none, as others will mostly ask it too and its answer is kept by now.
/// </summary>
/// <param name="share">Share of the questions that was drawn.</param>
sealed class ForecastSample(double share)
{
    /// <summary>A row without a question: nothing about it was drawn, and all of it is known.</summary>
    public const int Certain = -1;

    /// <summary>A row whose question was not drawn.</summary>
    public const int NotDrawn = -2;

    const int Several = -3;

    readonly Dictionary<RowKey, int> places = [];
    readonly List<(double In, double Out)> rows = [];
    readonly Dictionary<(int Step, RowKey Key), (int Place, AskedCost Cost)> asked = [];
    long otherRows, certainOut;

    /// <summary>Whether a question is drawn: by its key, which is a hash, so that it is the same sample however rows are cut.</summary>
    public static bool IsDrawn(RowKey key, double share) => share >= 1 || key.High < share * ulong.MaxValue;

    /// <summary>Questions that were drawn.</summary>
    public int Drawn => rows.Count;

    /// <summary>Counts a row that comes to the first step that asks, and gives the place of its question.</summary>
    public int Add(RowKey key)
    {
        if (RowPrompts.IsNoQuestion(key))
        {
            return Certain;
        }

        if (!IsDrawn(key, share))
        {
            otherRows++;
            return NotDrawn;
        }

        if (!places.TryGetValue(key, out var place))
        {
            places[key] = place = rows.Count;
            rows.Add(default);
        }

        rows[place] = rows[place] with { In = rows[place].In + 1 };
        return place;
    }

    /// <summary>Counts a row that is left at the end.</summary>
    public void Left(int place)
    {
        if (place >= 0)
        {
            rows[place] = rows[place] with { Out = rows[place].Out + 1 };
        }
        else
        {
            certainOut += place == Certain ? 1 : 0;
        }
    }

    /// <summary>A question that a step asks of a row.</summary>
    public void Ask(int step, RowKey key, int place)
    {
        var known = asked.TryGetValue((step, key), out var was);
        asked[(step, key)] = (known && was.Place != place ? Several : place, was.Cost);
    }

    /// <summary>What the answer to it cost.</summary>
    public void Pay(int step, RowKey key, AskedCost cost)
    {
        if (asked.TryGetValue((step, key), out var was))
        {
            asked[(step, key)] = (was.Place, was.Cost + cost);
        }
    }

    /// <summary>What answers of the first step took, question by question.</summary>
    public IReadOnlyList<AskedCost> Paid(int step) => [.. asked.Where(a => a.Key.Step == step && a.Value.Cost.Questions > 0).Select(a => a.Value.Cost)];

    /// <summary>Questions of a step that cost nothing, as their answers were kept.</summary>
    public IReadOnlyList<RowKey> NotPaid(int step) => [.. asked.Where(a => a.Key.Step == step && a.Value.Cost.Questions == 0).Select(a => a.Key.Key).Order()];

    /// <summary>Different questions that a step was seen to ask.</summary>
    public int Questions(int step) => asked.Count(a => a.Key.Step == step);

    /// <summary>What each drawn question came to in a later step, most of them nothing where a filter is between.</summary>
    public IReadOnlyList<AskedCost> ByDrawn(int step)
    {
        var costs = new AskedCost[rows.Count];
        foreach (var ((number, _), (place, cost)) in asked)
        {
            if (number == step && place >= 0)
            {
                costs[place] += cost;
            }
        }

        return costs;
    }

    /// <summary>Rows that are left of all. That the rows of a frequent question fare as those of the others is assumed: a sample has too few of these to tell.</summary>
    /// <param name="keepsRows">All rows are left for certain.</param>
    /// <param name="squaredRows">Sum over all questions of the squares of how many rows ask each.</param>
    public Estimate Rows(bool keepsRows, double squaredRows)
    {
        var seen = rows.Sum(r => r.Out) + certainOut;
        if (keepsRows || otherRows == 0)
        {
            return Estimate.Exactly(seen + (keepsRows ? otherRows : 0));
        }

        double[] shares = [.. rows.Select(r => r.Out / r.In)];
        var rest = Estimate.OfRest(shares, otherRows, Math.Max(0, squaredRows - rows.Sum(r => r.In * r.In)));

        // Where all or none of n were left, up to 3 / n of the others may do otherwise (the rule of three).
        var rare = shares.Length == 0 ? otherRows : Math.Min(1, 3.0 / shares.Length) * otherRows;
        var (low, high) = (shares.All(s => s >= 1) ? rest.Value - rare : rest.Low, shares.All(s => s == 0) ? rare : rest.High);
        return new Estimate(seen + rest.Value, seen + Math.Max(0, low), seen + high);
    }
}

/// <summary>What a question took.</summary>
/// <param name="Questions">1: it was asked; 0: it was not.</param>
/// <param name="Bytes">Bytes of its rows as they were sent.</param>
/// <param name="Output">Tokens written for it.</param>
readonly record struct AskedCost(double Questions, double Bytes, double Output)
{
    public static AskedCost operator +(AskedCost left, AskedCost right) =>
        new(Math.Max(left.Questions, right.Questions), left.Bytes + right.Bytes, left.Output + right.Output);

    /// <summary>A call's cost, row by row, without what it writes once for all of them.</summary>
    public static IEnumerable<(int Row, AskedCost Cost)> Of(CallRecord call)
    {
        var own = 1 - OnceWritten(call);
        return call.Rows.Select(row => (row.Row, new AskedCost(
            1, call.Usage.Input > 0 ? (double)call.PromptBytes * row.Usage.Input / call.Usage.Input : 0, row.Usage.Output * own)));
    }

    /// <summary>Whether a call asked for its rows as the run will: the others are made because of answers that were not valid.</summary>
    public static bool IsFirst(CallRecord call) => call is { Round: 0, Finish: AnswerFinish.Stop } && call.Usage != default;

    /// <summary>Share of an answer that is in none of its results.</summary>
    public static double OnceWritten(CallRecord call)
    {
        var results = CallText.Results(call.Text, call.Rows.Count, out _, out _);
        var (all, own) = (Encoding.UTF8.GetByteCount(call.Text), results.Sum(r => Encoding.UTF8.GetByteCount(r.Json.GetRawText()) + 1) - 1);
        return results.Count == 0 || all == 0 ? 0 : Math.Clamp(1 - ((double)own / all), 0, 1);
    }
}
