using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

static class Merging
{
    /// <summary>Merges states two at a time, at random, in either direction, until one is left.</summary>
    public static State InRandomShape(List<State> states, Random random)
    {
        while (states.Count > 1)
        {
            var left = Take();
            left.Merge(Take());
            states.Add(left);
        }

        return states[0];

        State Take()
        {
            var at = random.Next(states.Count);
            var state = states[at];
            states.RemoveAt(at);
            return state;
        }
    }
}
