// All of Sluice in Azure: one resource group with everything that the app needs. docs/deploy.md says how to use it.
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Name of the environment, for instance "dev". Part of every name, so that two environments never share a resource or a task hub.')
param environmentName string

@minLength(1)
@description('Region of everything but the embedding job. It must offer Flex Consumption and the Durable Task Scheduler.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Region of the embedding job, because few have serverless GPUs. Empty: that of the rest.')
param gpuLocation string = ''

@description('Whether the embedding job runs on a GPU. False: the same job, on CPU.')
param enableGpu bool = false

@allowed(['Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
@description('GPU of the embedding job.')
param gpuProfile string = 'Consumption-GPU-NC8as-T4'

@description('Image of the embedding job, in the registry of this deployment. Empty: one that does nothing, until the first is pushed.')
param embedImage string = ''

@description('Whether storage, vault, registry and scheduler are reached through private endpoints only.')
param vnetEnabled bool = false

@allowed(['dts', 'azureStorage'])
@description('What keeps the state of orchestrations: the Durable Task Scheduler, or tables and queues of the host storage account.')
param durableBackend string = 'dts'

@allowed(['Consumption', 'Dedicated'])
@description('Plan of the Durable Task Scheduler.')
param dtsSku string = 'Consumption'

@minValue(1)
@maxValue(3)
@description('Capacity units of a dedicated scheduler.')
param dtsCapacity int = 1

@description('Addresses that may reach the scheduler. An empty list denies everyone.')
param dtsAllowedAddresses array = ['0.0.0.0/0']

@allowed([512, 2048, 4096])
@description('Memory of one instance of the function app, in MB.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most instances of the function app.')
param maximumInstanceCount int = 40

@minValue(0)
@description('Instances that always wait for uploads. One avoids a cold start that can refuse the first event.')
param alwaysReadyBlob int = 0

@minValue(0)
@description('Instances that always wait for orchestrations and activities.')
param alwaysReadyDurable int = 0

@description('When registered pipelines run again: six fields, in UTC.')
param refreshSchedule string = '0 0 2 * * *'

@description('Object id of who deploys, for data access and the scheduler\'s dashboard. Empty: nobody.')
param principalId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
@description('What principalId is.')
param principalType string = 'User'

@description('Object id of the group that may look at runs in the scheduler\'s dashboard. Empty: nobody.')
param operatorGroupId string = ''

@description('Who gets alerts and budget notices by mail. Empty: nobody.')
param alertEmail string = ''

@minValue(30)
@maxValue(730)
@description('Days that logs are kept.')
param logRetentionDays int = 30

@minValue(1)
@description('Gigabytes of logs a day; what exceeds it is dropped until the next day.')
param logDailyCapGB int = 5

@minValue(0)
@description('Monthly budget in the currency of the subscription. 0: no budget.')
param budgetAmount int = 0

@description('First day of the month that the budget begins in, yyyy-MM-dd. It must not change once the budget exists.')
param budgetStart string = utcNow('yyyy-MM-01')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var jobLocation = empty(gpuLocation) ? location : gpuLocation

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-sluice-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
  }
}

module monitor 'modules/monitor.bicep' = {
  name: 'monitor'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
    alertEmail: alertEmail
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: group
  params: {
    token: token
    location: location
    gpuLocation: jobLocation
    tags: tags
  }
}

module hostStorage 'modules/storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    containers: ['app-package']
    isPrivate: vnetEnabled
    workspaceId: monitor.outputs.workspaceId
  }
}

module dataStorage 'modules/storage.bicep' = {
  name: 'data-storage'
  scope: group
  params: {
    name: 'stdata${token}'
    location: location
    tags: tags
    containers: ['incoming', 'sluice', 'dead-letters']
    isVersioned: true
    softDeleteDays: 14
    lifecycleRules: [
      { name: 'incoming-cool', prefixes: ['incoming/'], coolAfterDays: 30, deleteAfterDays: 0 }
      { name: 'embed-work', prefixes: ['sluice/embed/'], coolAfterDays: 0, deleteAfterDays: 14 }
      { name: 'dead-letters', prefixes: ['dead-letters/'], coolAfterDays: 0, deleteAfterDays: 90 }
    ]
    isPrivate: vnetEnabled
    workspaceId: monitor.outputs.workspaceId
  }
}

module scheduler 'modules/dts.bicep' = if (durableBackend == 'dts') {
  name: 'scheduler'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    sku: dtsSku
    capacity: dtsCapacity
    allowedAddresses: dtsAllowedAddresses
    isPrivate: vnetEnabled
  }
}

module vault 'modules/keyvault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    isPrivate: vnetEnabled
    workspaceId: monitor.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    // Private endpoints need Premium; so does artifact streaming, which starts a CUDA image before all of it has arrived.
    sku: vnetEnabled || enableGpu ? 'Premium' : 'Basic'
  }
}

module embedJob 'modules/gpu.bicep' = {
  name: 'embed-job'
  scope: group
  params: {
    token: token
    location: jobLocation
    tags: tags
    enableGpu: enableGpu
    gpuProfile: gpuProfile
    image: empty(embedImage) ? 'mcr.microsoft.com/k8se/quickstart-jobs:latest' : embedImage
    identityId: identity.outputs.gpuId
    identityClientId: identity.outputs.gpuClientId
    registryServer: registry.outputs.server
    blobServiceUri: dataStorage.outputs.blobServiceUri
    subnetId: vnetEnabled ? network!.outputs.jobSubnetId : ''
    workspaceId: monitor.outputs.workspaceId
  }
}

module app 'modules/functionapp.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    identityId: identity.outputs.apiId
    identityClientId: identity.outputs.apiClientId
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    schedulerEndpoint: durableBackend == 'dts' ? scheduler!.outputs.endpoint : ''
    taskHubName: durableBackend == 'dts' ? scheduler!.outputs.taskHubName : 'sluice${token}'
    insightsConnection: monitor.outputs.insightsConnection
    vaultUri: vault.outputs.uri
    embedJobId: embedJob.outputs.jobId
    refreshSchedule: refreshSchedule
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyBlob: alwaysReadyBlob
    alwaysReadyDurable: alwaysReadyDurable
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
  }
}

module topic 'modules/eventgrid.bicep' = {
  name: 'topic'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    storageId: dataStorage.outputs.id
    identityId: identity.outputs.eventGridId
    workspaceId: monitor.outputs.workspaceId
  }
}

module endpoints 'modules/endpoints.bicep' = if (vnetEnabled) {
  name: 'endpoints'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    networkIds: network!.outputs.networkIds
    hostStorageId: hostStorage.outputs.id
    dataStorageId: dataStorage.outputs.id
    vaultId: vault.outputs.id
    registryId: registry.outputs.id
    schedulerId: durableBackend == 'dts' ? scheduler!.outputs.id : ''
  }
}

module access 'modules/rbac.bicep' = {
  name: 'access'
  scope: group
  params: {
    apiPrincipalId: identity.outputs.apiPrincipalId
    gpuPrincipalId: identity.outputs.gpuPrincipalId
    eventGridPrincipalId: identity.outputs.eventGridPrincipalId
    deployerId: principalId
    deployerType: principalType
    operatorGroupId: operatorGroupId
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultName: vault.outputs.name
    registryName: registry.outputs.name
    insightsName: monitor.outputs.insightsName
    jobName: embedJob.outputs.jobName
    schedulerName: durableBackend == 'dts' ? scheduler!.outputs.name : ''
    taskHubName: durableBackend == 'dts' ? scheduler!.outputs.taskHubName : ''
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: monitor.outputs.workspaceId
    actionGroupId: monitor.outputs.actionGroupId
    topicId: topic.outputs.id
  }
}

module budget 'modules/budget.bicep' = if (budgetAmount > 0) {
  name: 'budget'
  scope: group
  params: {
    amount: budgetAmount
    start: budgetStart
    alertEmail: alertEmail
  }
}

// azd keeps these in the environment; the scripts of infra/ read them there.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_NAME string = app.outputs.name
output SERVICE_API_URI string = app.outputs.uri
output DATA_STORAGE_NAME string = dataStorage.outputs.name
output DATA_STORAGE_ID string = dataStorage.outputs.id
output EVENT_TOPIC_NAME string = topic.outputs.name
output EVENT_IDENTITY_ID string = identity.outputs.eventGridId
output REGISTRY_NAME string = registry.outputs.name
output REGISTRY_SERVER string = registry.outputs.server
output EMBED_JOB_NAME string = embedJob.outputs.jobName
output KEY_VAULT_NAME string = vault.outputs.name
