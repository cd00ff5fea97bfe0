using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sluice.Embedded;

/// <summary>[FromBody]: JSON with MVC's options. What cannot be read fails the call, which is a 500 as in Azure.</summary>
static class BodyBinder
{
    internal static ParameterBinder For(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var name = parameter.Name;
        return async invocation =>
        {
            var request = ((HttpContext)invocation.Trigger).Request;
            if (!request.HasJsonContentType())
            {
                throw new InvalidOperationException(
                    $"The body for '{name}' has content type '{request.ContentType}'; expected application/json.");
            }

            var options = invocation.InstanceServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
            try
            {
                return await JsonSerializer.DeserializeAsync(request.Body, type, options, invocation.CancellationToken)
                    ?? throw new InvalidOperationException($"The body for '{name}' is 'null'; expected a JSON value of '{type.Name}'.");
            }
            catch (JsonException e)
            {
                throw new InvalidOperationException($"The body is not JSON that fits '{name}' of type '{type.Name}': {e.Message}", e);
            }
        };
    }
}
