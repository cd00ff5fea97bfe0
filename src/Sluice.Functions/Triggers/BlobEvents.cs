using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Functions.Triggers;

/// <summary>Reads what a blob trigger says about its blob.</summary>
static class BlobEvents
{
    /// <summary>The ETag in the trigger's <c>Properties</c>, which are JSON text or an object, depending on the host.</summary>
    /// <exception cref="InvalidOperationException">The host gave none.</exception>
    internal static string ETagOf(FunctionContext context)
    {
        if (context.BindingContext.BindingData.TryGetValue("Properties", out var properties) && properties is not null)
        {
            using var json = JsonDocument.Parse(properties as string ?? JsonSerializer.Serialize(properties));
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name.Equals("ETag", StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value.ToString();
                }
            }
        }

        throw new InvalidOperationException("The blob trigger gave no ETag in 'Properties'; without it an upload cannot be told from its second delivery.");
    }
}
