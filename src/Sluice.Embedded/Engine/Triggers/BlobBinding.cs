using System.Reflection;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Sluice.Embedded;

/// <summary>BlobTrigger on a watched folder or container.</summary>
sealed class BlobBinding(BlobTriggerAttribute attribute, BindingSources sources) : TriggerBinding
{
    static readonly Dictionary<Type, Func<BlobEvent, Invocation, ValueTask<object?>>> readers = new()
    {
        [typeof(Stream)] = static async (blob, call) => call.Own(await blob.OpenReadAsync(call.CancellationToken)),
        [typeof(byte[])] = static async (blob, call) => await blob.ReadAllAsync(call.CancellationToken),
        [typeof(ReadOnlyMemory<byte>)] = static async (blob, call) => (ReadOnlyMemory<byte>)await blob.ReadAllAsync(call.CancellationToken),
        [typeof(BinaryData)] = static async (blob, call) => new BinaryData(await blob.ReadAllAsync(call.CancellationToken)),
        [typeof(string)] = static async (blob, call) => await new StreamReader(new MemoryStream(await blob.ReadAllAsync(call.CancellationToken)), Encoding.UTF8).ReadToEndAsync(),
    };

    internal override string Type => "blobTrigger";

    internal override string TriggerTypes =>
        "Stream, string, byte[], ReadOnlyMemory<byte>, BinaryData (not Azure.Storage.Blobs clients: make one from BindingData[\"BlobTrigger\"])";

    internal override string OtherParameters => base.OtherParameters + ", and parts of the blob's path by name";

    internal BlobPattern Pattern { get; } = BlobPattern.Parse(sources.Settings.Resolve(attribute.BlobPath));

    internal override ParameterBinder? BindTrigger(ParameterInfo parameter) =>
        readers.TryGetValue(parameter.ParameterType, out var read) ? i => read((BlobEvent)i.Trigger, i) : null;

    internal override ParameterBinder? BindOther(ParameterInfo parameter) =>
        Pattern.Names.Contains(parameter.Name!, StringComparer.OrdinalIgnoreCase) && !parameter.IsDefined(typeof(BindingAttribute))
            ? TextBinder.For(parameter) : null;
}
