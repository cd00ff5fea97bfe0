// The embedding job: started by the function app for one manifest, gone when it is done. Nothing is billed between two executions.

@description('Unique suffix of names.')
param token string

@description('Region; with a GPU one that has the profile.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether the job gets a GPU.')
param enableGpu bool

@allowed(['Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
@description('Workload profile with the GPU.')
param gpuProfile string

@description('Image of the job.')
param image string

@description('Identity of the job.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Registry that the image is pulled from.')
param registryServer string

@description('Blob service that holds manifests, inputs and vectors.')
param blobServiceUri string

@description('Subnet of the environment; empty: none.')
param subnetId string

@description('Workspace for the log.')
param workspaceId string

var isA100 = contains(gpuProfile, 'A100')
// A GPU profile gives its whole machine to the first container.
var resources = enableGpu
  ? (isA100 ? { cpu: 24, memory: '220Gi' } : { cpu: 8, memory: '56Gi' })
  : { cpu: 2, memory: '4Gi' }

resource jobs 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    // minimumCount and maximumCount are refused for serverless GPU profiles.
    workloadProfiles: concat(
      [{ name: 'Consumption', workloadProfileType: 'Consumption' }],
      enableGpu ? [{ name: 'gpu', workloadProfileType: gpuProfile }] : [])
  }
}

resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'job-log'
  scope: jobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: 'job-embed-${token}'
  location: location
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    environmentId: jobs.id
    workloadProfileName: enableGpu ? 'gpu' : 'Consumption'
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: 7200
      // The orchestration decides about another try: it knows what is already done.
      replicaRetryLimit: 0
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      registries: [{ server: registryServer, identity: identityId }]
    }
    template: {
      containers: [
        {
          name: 'embed'
          image: image
          resources: { cpu: resources.cpu, memory: resources.memory }
          env: [
            { name: 'AZURE_CLIENT_ID', value: identityClientId }
            { name: 'Store', value: '${blobServiceUri}sluice' }
          ]
        }
      ]
    }
  }
}

output jobId string = job.id
output jobName string = job.name
