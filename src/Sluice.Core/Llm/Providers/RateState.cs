namespace Sluice.Llm.Providers;

/// <summary>What is left of a model's limits. Negative: taken ahead, by calls that wait for it.</summary>
sealed class RateState
{
    // Clocks of workers differ by less, or services would refuse them: a row that is further ahead was written before a clock was set back.
    static readonly TimeSpan mostAhead = TimeSpan.FromMinutes(5);

    public double Requests { get; set; }

    public double Tokens { get; set; }

    public DateTimeOffset At { get; set; }

    public DateTimeOffset PausedUntil { get; set; }

    /// <summary>Calls that are being made, and until when each is, unless its worker says again that it lives.</summary>
    public Dictionary<string, DateTimeOffset> Places { get; set; } = [];

    public static RateState Full(ModelLimits limits, DateTimeOffset now) =>
        new() { Requests = limits.RequestsPerMinute ?? 0, Tokens = limits.TokensPerMinute ?? 0, At = now };

    public void Refill(ModelLimits limits, DateTimeOffset now)
    {
        SetBack(now);

        // Clocks of two workers differ a little: time never goes back.
        var minutes = now > At ? (now - At).TotalMinutes : 0;
        Requests = Filled(Requests, limits.RequestsPerMinute, minutes);
        Tokens = Filled(Tokens, limits.TokensPerMinute, minutes);
        At = now > At ? now : At;
        foreach (var dead in Places.Where(p => p.Value <= now).Select(p => p.Key).ToList())
        {
            Places.Remove(dead);
        }
    }

    // Else nothing would flow in, and nobody's place would end, until the clock is there again.
    void SetBack(DateTimeOffset now)
    {
        var ahead = At - now;
        if (ahead > mostAhead)
        {
            (At, PausedUntil) = (now, PausedUntil > At ? PausedUntil - ahead : now);
            Places = Places.ToDictionary(p => p.Key, p => p.Value - ahead);
        }
    }

    /// <summary>Takes a place. Time to wait before it may be used; null: there is none.</summary>
    public TimeSpan? Take(string id, ModelLimits limits, int tokens, DateTimeOffset until, DateTimeOffset now)
    {
        if (Places.Count >= limits.Concurrency)
        {
            return null;
        }

        var wait = PausedUntil > now ? PausedUntil - now : TimeSpan.Zero;
        if (limits.RequestsPerMinute is { } requests)
        {
            Requests -= 1;
            wait = Longer(wait, Requests, requests);
        }

        if (limits.TokensPerMinute is { } perMinute)
        {
            Tokens -= tokens;
            wait = Longer(wait, Tokens, perMinute);
        }

        Places[id] = until;
        return wait;
    }

    public void Renew(string id, DateTimeOffset until) => Places[id] = until;

    public void Settle(string id, ModelLimits limits, int taken, long used)
    {
        Places.Remove(id);
        if (limits.TokensPerMinute is { } most)
        {
            Tokens = Math.Min(most, Tokens + taken - used);
        }
    }

    public void Pause(DateTimeOffset until) => PausedUntil = until > PausedUntil ? until : PausedUntil;

    static double Filled(double level, int? limit, double minutes) => limit is { } most ? Math.Min(most, level + (most * minutes)) : 0;

    static TimeSpan Longer(TimeSpan wait, double level, int perMinute)
    {
        // Up to the next tick, so that the bucket is full enough when it is over.
        var filled = level >= 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Ceiling(-level / perMinute * TimeSpan.TicksPerMinute));
        return filled > wait ? filled : wait;
    }
}
