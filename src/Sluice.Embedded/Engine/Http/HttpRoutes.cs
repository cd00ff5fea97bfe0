using Microsoft.AspNetCore.Routing.Patterns;

namespace Sluice.Embedded;

/// <summary>Two functions on one route would fail at the first request; this finds them at start.</summary>
static class HttpRoutes
{
    internal static IEnumerable<string> Conflicts(IEnumerable<FunctionEntry> functions)
    {
        var routes = functions.Where(f => f.Trigger is HttpBinding).Select(f => (f.Name, Http: (HttpBinding)f.Trigger)).ToArray();
        foreach (var (i, first) in routes.Index())
        {
            foreach (var second in routes.Skip(i + 1))
            {
                if (Shape(first.Http.Pattern) == Shape(second.Http.Pattern) && Overlap(first.Http.Methods, second.Http.Methods))
                {
                    yield return $"Functions '{first.Name}' and '{second.Name}' both answer '{first.Http.Pattern.RawText}' for one method. Give one of them another route or method.";
                }
            }
        }
    }

    static bool Overlap(IReadOnlyList<string> first, IReadOnlyList<string> second) =>
        first.Count == 0 || second.Count == 0 || first.Intersect(second).Any();

    // Names of parameters do not tell routes apart; constraints do.
    static string Shape(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter =>
            $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Join(':', parameter.ParameterPolicies.Select(p => p.Content))}{(parameter.IsOptional ? "?" : "")}}}",
        _ => "",
    }))));
}
