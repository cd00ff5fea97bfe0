using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Embedded;

/// <summary>All functions of the app. Building it finds everything that the runtime cannot do, and says all of it at once.</summary>
sealed class FunctionTable
{
    readonly Dictionary<string, FunctionEntry> byName = new(StringComparer.OrdinalIgnoreCase);

    internal FunctionTable(FunctionTypes types, BindingSources sources)
    {
        var problems = new List<string>();
        foreach (var method in types.Types.SelectMany(FunctionTypes.Methods))
        {
            if (method.GetCustomAttribute<FunctionAttribute>(inherit: false) is { } attribute)
            {
                Add(attribute.Name, method, sources, problems);
            }
        }

        problems.AddRange(HttpRoutes.Conflicts(All));
        problems.AddRange(Duplicates("orchestrator", With<OrchestrationBinding>().Select(f => (f.Function, f.Binding.TaskName))));
        problems.AddRange(Duplicates("activity", With<ActivityBinding>().Select(f => (f.Function, f.Binding.TaskName))));
        if (problems.Count > 0)
        {
            throw new NotSupportedException(
                $"The embedded runtime cannot run this app, {problems.Count} problem{(problems.Count == 1 ? "" : "s")}. See docs/embedded.md.{Environment.NewLine}"
                + string.Join(Environment.NewLine, problems.Select(p => "  - " + p)));
        }
    }

    internal IReadOnlyCollection<FunctionEntry> All => byName.Values;

    internal FunctionEntry? Find(string name) => byName.GetValueOrDefault(name);

    internal IEnumerable<(FunctionEntry Function, T Binding)> With<T>()
        where T : TriggerBinding =>
        All.Where(f => f.Trigger is T).OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Select(f => (f, (T)f.Trigger));

    static IEnumerable<string> Duplicates(string what, IEnumerable<(FunctionEntry Function, string Name)> tasks) =>
        tasks.GroupBy(t => t.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g =>
            $"Functions {string.Join(", ", g.Select(t => $"'{t.Function.Name}'"))} are all the {what} '{g.Key}'. Give each a name of its own.");

    void Add(string name, MethodInfo method, BindingSources sources, List<string> problems)
    {
        var plan = new FunctionPlan(name, method, sources);
        if (plan.Entry is { } entry && !byName.TryAdd(name, entry))
        {
            problems.Add($"{plan.Where}: the name is taken by {byName[name].Definition.EntryPoint}. Names are compared ignoring case; choose another.");
        }

        problems.AddRange(plan.Problems);
    }
}
