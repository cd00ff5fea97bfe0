namespace Sluice.Llm;

/// <summary>Forecasts of steps from what a sample took.</summary>
static class StepForecasts
{
    /// <summary>The first step that asks: which questions are left, how long they are and how many calls they take is known; what is written in answer is not.</summary>
    /// <param name="step">The step.</param>
    /// <param name="questions">Questions of all rows.</param>
    /// <param name="todo">What each batch asks for and leaves to the run.</param>
    /// <param name="paid">What each question took that has been answered.</param>
    public static StepForecast First(HeardStep step, long questions, IReadOnlyList<AskTodo> todo, IReadOnlyList<AskedCost> paid)
    {
        var (open, calls, bytes) = (todo.Sum(t => t.Open - t.Rows.Count), todo.Sum(t => t.RestCalls), todo.Sum(t => t.RestBytes));
        var output = Estimate.OfRest([.. paid.Select(p => (p.Bytes, p.Output))], open, open == 0 ? 0 : (double)bytes / open);
        return step.Forecast(questions, open, [.. todo.Select(t => t.RestCalls)], bytes, Estimate.Exactly(0), output);
    }

    /// <summary>A step after it: what its questions are, too, only the rows of the sample tell.</summary>
    /// <param name="step">The step.</param>
    /// <param name="drawn">What each drawn question of the first step came to here.</param>
    /// <param name="rest">Questions of the first step that were not drawn.</param>
    /// <param name="seen">Questions that this step was seen to ask.</param>
    /// <param name="callRows">Rows in one call, at most.</param>
    /// <param name="batches">Pieces of the data, each of which asks on its own.</param>
    public static StepForecast Later(HeardStep step, IReadOnlyList<AskedCost> drawn, long rest, long seen, int callRows, int batches)
    {
        var open = Estimate.OfRest([.. drawn.Select(d => d.Questions)], rest);
        var (count, bytes) = ((long)Math.Round(open.Value), drawn.Count == 0 ? 0 : drawn.Average(d => d.Bytes) * rest);
        var each = Math.Min((long)Math.Ceiling((double)count / batches), (long)Math.Ceiling((double)count / batches / callRows));

        // What will be sent is not known either.
        var (once, slope) = step.InputParts;
        var sent = Estimate.OfRest([.. drawn.Select(d => (once * d.Questions / callRows) + (slope * d.Bytes))], rest);
        return step.Forecast(
            seen + count, count, [.. Enumerable.Repeat(each, batches)], bytes, new Estimate(0, sent.Low - sent.Value, sent.High - sent.Value), Estimate.OfRest([.. drawn.Select(d => d.Output)], rest));
    }
}

/// <summary>Calls of a step that were made for a forecast, and what they say of others.</summary>
sealed class HeardStep
{
    readonly string step;
    readonly Question asked;
    readonly TokenPrice? price;
    readonly long sampled, askedAgain, saidBytes;
    readonly double outputOnce;
    readonly CallLine input, time;
    readonly int calls;

    /// <param name="step">Id of the step.</param>
    /// <param name="asked">What it asks.</param>
    /// <param name="price">Price of its model.</param>
    /// <param name="made">Its calls.</param>
    public HeardStep(string step, Question asked, TokenPrice? price, IReadOnlyList<CallRecord> made)
    {
        (this.step, this.asked, this.price, saidBytes) = (step, asked, price, asked.SaidBytes);
        var first = made.Where(AskedCost.IsFirst).ToList();
        calls = first.Count;
        sampled = first.SelectMany(c => c.Rows.Select(r => (c.Batch, r.Row))).Distinct().LongCount();
        input = new CallLine([.. first.Select(c => ((double)saidBytes + c.PromptBytes, (double)c.Usage.Input))]);
        time = new CallLine([.. first.Select(c => ((double)c.Usage.Output, c.Milliseconds / 1_000))]);
        outputOnce = first.Count == 0 ? 0 : first.Average(c => c.Usage.Output * AskedCost.OnceWritten(c));
        askedAgain = made.Where(c => !AskedCost.IsFirst(c) && c.Usage != default).SelectMany(c => c.Rows.Select(r => (c.Batch, r.Row))).Distinct().LongCount();
    }

    /// <summary>Tokens that a call reads whatever it asks for, and for each byte of its rows.</summary>
    public (double Once, double Slope) InputParts => (Math.Max(0, input.Intercept + (input.Slope * saidBytes)), input.Slope);

    /// <summary>The forecast of calls of which it is known, or estimated, how many there are and what they send.</summary>
    /// <param name="questions">Questions of all rows.</param>
    /// <param name="open">Those that the calls ask.</param>
    /// <param name="callsOf">The calls of each batch.</param>
    /// <param name="bytes">Bytes of the rows that they send.</param>
    /// <param name="doubt">By how much more or less they may read, as that is not sure.</param>
    /// <param name="written">Tokens of the answers.</param>
    public StepForecast Forecast(long questions, long open, IReadOnlyList<long> callsOf, double bytes, Estimate doubt, Estimate written)
    {
        var calls = callsOf.Sum();
        if (calls == 0 || open == 0)
        {
            var none = new Estimate(0, 0, Math.Max(doubt.High, written.High));
            return new StepForecast(step, questions, open, sampled, 0, none, none, price is null ? null : none, none);
        }

        var (once, slope) = InputParts;
        var (rowBytes, rowTokens, most) = (bytes / open, written.Value / open, double.PositiveInfinity);
        double ReadAgain(double p) => (CallsAgain(p) * once) + (p * open * slope * (rowBytes + (rowTokens * UsualBytes) + ProblemBytes));
        double WrittenAgain(double p) => (CallsAgain(p) * outputOnce) + (p * written.Value);
        var (sent, answered) = (Read(calls, bytes), written.Along(Estimate.Exactly(calls * outputOnce)));
        return new StepForecast(
            step, questions, open, sampled, calls, (sent + doubt + Again(ReadAgain)).Within(0, most), (answered + Again(WrittenAgain)).Within(0, most),
            price is null ? null : Cost((double)price.Input / 1e6, (double)price.Output / 1e6).Within(0, most), Seconds().Within(0, most));

        Estimate Cost(double toRead, double toWrite) =>
            sent.Times(toRead) + doubt.Times(toRead).Along(answered.Times(toWrite)) + Again(p => (ReadAgain(p) * toRead) + (WrittenAgain(p) * toWrite));

        // A call with one answer that is not valid makes one more.
        double CallsAgain(double p) => calls * (1 - Math.Pow(1 - p, (double)open / calls));

        double TurnsAgain(double p, double share) => (1 - Math.Pow(1 - p, open * share)) * Math.Max(1, Math.Ceiling(CallsAgain(p) * share / asked.Options.Concurrency));

        // Batch after batch, so many calls at once as the step allows. The last of them ends when the slowest does; then what has to be asked again is asked, by short calls.
        Estimate Seconds()
        {
            var asking = callsOf.Where(c => c > 0).ToList();
            var turns = asking.Sum(c => Math.Ceiling(c / (double)asked.Options.Concurrency));
            var all = time.Total(calls, answered.Value).Times(turns / calls).Along(new Estimate(0, answered.Low - answered.Value, answered.High - answered.Value).Times(time.Slope * turns / calls));
            var slowest = asking.Sum(c => time.Deviation * time.Total(calls, answered.Value).Value / calls * SlowestOf(Math.Min(c, asked.Options.Concurrency)));
            var small = Math.Max(0, time.Intercept + (time.Slope * (outputOnce + rowTokens)));
            return all + Estimate.Exactly(slowest) + Again(p => asking.Sum(c => TurnsAgain(p, (double)c / calls)) * small);
        }
    }

    // About how many standard deviations the slowest of some calls is slower than the mean.
    static double SlowestOf(long calls) => 0.75 * Math.Sqrt(2 * Math.Log(calls));

    /// <summary>Tokens that calls read; where none was made, a token has three to six bytes.</summary>
    Estimate Read(long count, double bytes)
    {
        var said = bytes + ((double)count * saidBytes);
        return calls > 0 ? input.Total(count, said) : new Estimate(said / 4, said / 6, said / 3);
    }

    /// <summary>What asking again takes, by the share of questions whose answer is not valid at first, between the ends of Wilson's interval of that.</summary>
    Estimate Again(Func<double, double> of)
    {
        const double z = 1.6448536;
        if (asked.Options.Gleanings == 0 || sampled == 0)
        {
            return Estimate.Exactly(0);
        }

        var (n, p) = ((double)sampled, Math.Min(1, (double)askedAgain / sampled));
        var centre = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        var half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return new Estimate(of(p), of(Math.Max(0, centre - half)), of(Math.Min(1, centre + half)));
    }

    // What stands beside a row that is asked again.
    const double UsualBytes = 4, ProblemBytes = 120;
}
