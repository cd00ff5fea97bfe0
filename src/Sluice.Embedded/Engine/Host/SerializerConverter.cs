using System.Text;
using Azure.Core.Serialization;
using Microsoft.DurableTask;

namespace Sluice.Embedded;

/// <summary>Payloads by the serialiser of WorkerOptions, as Azure's Durable extension has it. A null is no text at all.</summary>
sealed class SerializerConverter(ObjectSerializer serializer) : DataConverter
{
    public override string? Serialize(object? value) => value is null ? null : serializer.Serialize(value, value.GetType()).ToString();

    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
        {
            return null;
        }

        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(data), writable: false);
        return serializer.Deserialize(stream, targetType, CancellationToken.None);
    }
}
