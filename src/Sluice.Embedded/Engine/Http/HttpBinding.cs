using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Sluice.Embedded;

/// <summary>HttpTrigger in the ASP.NET Core model.</summary>
sealed class HttpBinding(HttpTriggerAttribute attribute, string functionName, BindingSources sources) : TriggerBinding
{
    static readonly string[] reserved = ["admin", "runtime"];
    PropertyInfo? resultProperty;

    internal override string Type => "httpTrigger";

    internal override string TriggerTypes => "HttpRequest";

    internal override string OtherParameters =>
        base.OtherParameters + ", [FromBody] T, and route parameters by name (string, numbers, bool, Guid, enums, dates)";

    internal override string OutputType => "http";

    internal AuthorizationLevel Level => attribute.AuthLevel;

    /// <summary>Upper case; empty: every method.</summary>
    internal IReadOnlyList<string> Methods { get; } = [.. (attribute.Methods ?? []).Select(m => m.ToUpperInvariant()).Distinct()];

    internal RoutePattern Pattern { get; } = ParseRoute(attribute.Route ?? functionName, sources.Host.RoutePrefix);

    /// <summary>What of the function's return value is the response.</summary>
    internal object? Response(object? result) => resultProperty is null || result is null ? result : resultProperty.GetValue(result);

    internal override ParameterBinder? BindTrigger(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(HttpRequest) ? Constant(static i => ((HttpContext)i.Trigger).Request) : null;

    internal override ParameterBinder? BindOther(ParameterInfo parameter)
    {
        if (parameter.IsDefined(typeof(FromBodyAttribute)))
        {
            return BodyBinder.For(parameter);
        }

        return Pattern.GetParameter(parameter.Name!) is not null && !parameter.IsDefined(typeof(BindingAttribute)) ? TextBinder.For(parameter) : null;
    }

    internal override IEnumerable<string> Problems(MethodInfo method)
    {
        var type = FunctionCall.ResultType(method.ReturnType);
        resultProperty = type.GetProperties().FirstOrDefault(p => p.IsDefined(typeof(HttpResultAttribute)));
        return [.. RouteProblems(), .. ResultProblems(method, type)];
    }

    IEnumerable<string> RouteProblems()
    {
        if (Level == AuthorizationLevel.User)
        {
            yield return "AuthorizationLevel.User is obsolete in Azure and not supported; use Anonymous, Function or Admin.";
        }

        if (Pattern.PathSegments is [{ Parts: [RoutePatternLiteralPart first] }, ..] && reserved.Contains(first.Content, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"the route '{Pattern.RawText}' begins with '{first.Content}', which belongs to the host; choose another.";
        }

    }

    IEnumerable<string> ResultProblems(MethodInfo method, Type type)
    {
        if (!IsResult(resultProperty?.PropertyType ?? type))
        {
            yield return $"it returns '{method.ReturnType}', for which Azure's ASP.NET Core model sends an empty response. "
                + "Return IResult or IActionResult (Results.Ok(value), new OkObjectResult(value)), or write to HttpResponse and return nothing.";
        }

        foreach (var output in type.GetProperties().Where(p => p != resultProperty && p.IsDefined(typeof(OutputBindingAttribute))))
        {
            yield return $"the output binding on property '{output.Name}' is not supported. There are no output bindings here: write the result with a client.";
        }
    }

    static bool IsResult(Type type) =>
        type == typeof(void) || type == typeof(object) || typeof(IResult).IsAssignableFrom(type) || typeof(IActionResult).IsAssignableFrom(type);

    static RoutePattern ParseRoute(string route, string prefix)
    {
        if (route.StartsWith('/'))
        {
            throw new NotSupportedException($"the route '{route}' begins with '/'; write it without.");
        }

        try
        {
            return RoutePatternFactory.Parse(prefix.Length == 0 ? route : $"{prefix}/{route}");
        }
        catch (RoutePatternException e)
        {
            throw new NotSupportedException($"the route '{route}' is not a route template: {e.Message}", e);
        }
    }
}
