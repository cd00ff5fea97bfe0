using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.ResourceManager;
using Azure.ResourceManager.AppContainers;
using Azure.ResourceManager.AppContainers.Models;

namespace Sluice.Functions.Embedding;

/// <summary>The job in Azure Container Apps, by Azure Resource Manager. The role Container Apps Jobs Operator on the job is enough.</summary>
/// <remarks>
/// The start has no idempotency key of its own. So each execution carries its run as an environment variable, and a start looks for it first:
/// an activity that died after the start and before its answer was kept finds the execution that it made.
/// </remarks>
public sealed class ContainerAppsJob(ArmClient azure, ResourceIdentifier job) : EmbedJob
{
    /// <summary>Environment variables of an execution.</summary>
    public const string RunVariable = "Run", ManifestVariable = "Manifest";

    public override Task<string> StartAsync(string run, string manifest, CancellationToken cancellation) =>
        GuardAsync(
            async () =>
            {
                await foreach (var execution in Job.GetContainerAppJobExecutions().GetAllAsync(cancellationToken: cancellation))
                {
                    if (execution.Data.Template.Containers.SelectMany(c => c.Env).Any(e => e.Name == RunVariable && e.Value == run))
                    {
                        return execution.Data.Name;
                    }
                }

                var resource = (await Job.GetAsync(cancellation)).Value;
                var template = Template(resource.Data.Template, run, manifest);
                // Started, not completed: the orchestration waits for the end, for hours when need be.
                var started = await resource.StartAsync(WaitUntil.Started, template, cancellation);
                return started.HasCompleted ? started.Value.Name : (await started.WaitForCompletionAsync(cancellation)).Value.Name;
            },
            cancellation);

    public override Task<EmbedJobState> StateAsync(string execution, CancellationToken cancellation) =>
        GuardAsync(
            async () =>
            {
                try
                {
                    var status = (await Job.GetContainerAppJobExecutionAsync(execution, cancellation)).Value.Data.Status;
                    return status == JobExecutionRunningState.Succeeded || status == JobExecutionRunningState.Failed
                        || status == JobExecutionRunningState.Stopped || status == JobExecutionRunningState.Degraded
                        ? EmbedJobState.Ended
                        : EmbedJobState.Running;
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // Old executions are forgotten by the service.
                    return EmbedJobState.Ended;
                }
            },
            cancellation);

    public override Task StopAsync(string execution, CancellationToken cancellation) =>
        GuardAsync(
            async () =>
            {
                try
                {
                    await azure.GetContainerAppJobExecutionResource(job.AppendChildResource("executions", execution)).StopExecutionJobAsync(WaitUntil.Started, cancellation);
                }
                catch (RequestFailedException e) when (e.Status is 404 or 409)
                {
                    // It has ended meanwhile.
                }

                return true;
            },
            cancellation);

    // A start with a template replaces the job's own: what is not repeated here, image and resources too, would be lost.
    static ContainerAppJobExecutionTemplate Template(ContainerAppJobTemplate own, string run, string manifest)
    {
        var template = new ContainerAppJobExecutionTemplate();
        foreach (var container in own.Containers)
        {
            var copy = new JobExecutionContainer { Name = container.Name, Image = container.Image, Resources = container.Resources };
            container.Command.ToList().ForEach(copy.Command.Add);
            container.Args.ToList().ForEach(copy.Args.Add);
            container.Env.Where(e => e.Name is not (RunVariable or ManifestVariable)).ToList().ForEach(copy.Env.Add);
            copy.Env.Add(new ContainerAppEnvironmentVariable { Name = RunVariable, Value = run });
            copy.Env.Add(new ContainerAppEnvironmentVariable { Name = ManifestVariable, Value = manifest });
            template.Containers.Add(copy);
        }

        return template;
    }

    async Task<T> GuardAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (RequestFailedException e) when (e.Status is 0 or 408 or 409 or 429 or >= 500)
        {
            throw new TransientException($"Container Apps does not start or show the job '{job.Name}' now: status {e.Status} {e.ErrorCode}.", e);
        }
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException)
        {
            throw new StoreException(
                $"The embedding job '{job}' cannot be used: {e.Message.Split('\n')[0].TrimEnd()} Give the app's identity the role Container Apps Jobs Operator on the job, " +
                "or correct the setting Embedding:Job.", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientException($"Container Apps does not answer about the job '{job.Name}'.", e);
        }
    }

    ContainerAppJobResource Job => azure.GetContainerAppJobResource(job);
}
