using Xunit.Abstractions;
using Xunit.Sdk;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>A test of the contract that some backends lack the means for: it is skipped there, with the means' names as the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Sluice.Embedded.Tests.Contracts.ContractFactDiscoverer", "Sluice.Embedded.Tests")]
public sealed class ContractFactAttribute : FactAttribute
{
    public Capabilities Needs { get; set; }
}

/// <inheritdoc cref="ContractFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Sluice.Embedded.Tests.Contracts.ContractTheoryDiscoverer", "Sluice.Embedded.Tests")]
public sealed class ContractTheoryAttribute : TheoryAttribute
{
    public Capabilities Needs { get; set; }
}

public sealed class ContractFactDiscoverer(IMessageSink diagnosticMessageSink) : FactDiscoverer(diagnosticMessageSink)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
        => MissingCapabilities.SkipOrNull(DiagnosticMessageSink, discoveryOptions, testMethod, factAttribute)
            ?? base.Discover(discoveryOptions, testMethod, factAttribute);
}

public sealed class ContractTheoryDiscoverer(IMessageSink diagnosticMessageSink) : TheoryDiscoverer(diagnosticMessageSink)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute)
        => MissingCapabilities.SkipOrNull(DiagnosticMessageSink, discoveryOptions, testMethod, theoryAttribute)
            ?? base.Discover(discoveryOptions, testMethod, theoryAttribute);
}

static class MissingCapabilities
{
    /// <summary>One skipped test when the backend of the test's class lacks something, else null.</summary>
    public static IXunitTestCase[]? SkipOrNull(IMessageSink sink, ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact)
    {
        var reason = Reason(method.TestClass.Class.ToRuntimeType(), fact.GetNamedArgument<Capabilities>(nameof(ContractFactAttribute.Needs)));
        return reason is null
            ? null
            : [new XunitSkippedDataRowTestCase(sink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, reason)];
    }

    public static string? Reason(Type testClass, Capabilities needs)
    {
        var contract = testClass;
        while (!contract.IsGenericType || contract.GetGenericTypeDefinition() != typeof(DurableContract<>))
        {
            contract = contract.BaseType
                ?? throw new InvalidOperationException($"{testClass} has a test that needs capabilities; expected it to derive from DurableContract.");
        }

        var backend = contract.GetGenericArguments()[0];
        var missing = needs & ~(Capabilities)backend.GetProperty(nameof(IDurableBackend.Capabilities))!.GetValue(null)!;
        return missing == Capabilities.None ? null : $"The backend {backend.GetProperty(nameof(IDurableBackend.Name))!.GetValue(null)} has no: {missing}.";
    }
}
