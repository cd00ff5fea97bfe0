// The function app on Flex Consumption. It has no secret: every connection is by its identity.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Identity of the app.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Storage account of the host: leases, timers, the app\'s package.')
param hostStorageName string

@description('Storage account of uploads, batches and versions.')
param dataStorageName string

@description('Endpoint of the Durable Task Scheduler; empty: orchestrations are kept in the host storage account.')
param schedulerEndpoint string

@description('Task hub.')
param taskHubName string

@description('Connection string of Application Insights: an endpoint, no secret.')
param insightsConnection string

@description('Vault with the secrets that pipelines name.')
param vaultUri string

@description('Resource id of the embedding job.')
param embedJobId string

@description('When registered pipelines run again: six fields.')
param refreshSchedule string

@allowed([512, 2048, 4096])
@description('Memory of one instance, in MB.')
param instanceMemoryMB int

@description('Most instances.')
param maximumInstanceCount int

@description('Instances that always wait for uploads.')
param alwaysReadyBlob int

@description('Instances that always wait for orchestrations and activities.')
param alwaysReadyDurable int

@description('Subnet for outgoing traffic; empty: none.')
param subnetId string

var isScheduler = !empty(schedulerEndpoint)
var durable = 'AzureFunctionsJobHost__extensions__durableTask__'

// Settings that begin with AzureFunctionsJobHost__ replace what host.json says, so that one package runs on either backend.
var backendSettings = isScheduler ? {
  '${durable}storageProvider__type': 'azureManaged'
  '${durable}storageProvider__connectionStringName': 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};TaskHub=${taskHubName};Authentication=ManagedIdentity;ClientID=${identityClientId}'
} : {
  '${durable}storageProvider__type': 'azureStorage'
  '${durable}storageProvider__connectionName': 'AzureWebJobsStorage'
}

var settings = union(backendSettings, {
  '${durable}hubName': taskHubName
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostStorage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__queueServiceUri: hostStorage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostStorage.properties.primaryEndpoints.table
  Data__blobServiceUri: dataStorage.properties.primaryEndpoints.blob
  Data__clientId: identityClientId
  Data__credential: 'managedidentity'
  Data__queueServiceUri: dataStorage.properties.primaryEndpoints.queue
  Data__tableServiceUri: dataStorage.properties.primaryEndpoints.table
  Embedding__Job: embedJobId
  RefreshSchedule: refreshSchedule
  Sluice__KeyVault: vaultUri
  Sluice__Storage: 'Azure'
})

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostStorageName
}

resource dataStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: dataStorageName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-sluice-${token}'
  location: location
  // azd finds the service's app by this tag.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}app-package'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: concat(
          alwaysReadyBlob > 0 ? [{ name: 'blob', instanceCount: alwaysReadyBlob }] : [],
          alwaysReadyDurable > 0 ? [{ name: 'durable', instanceCount: alwaysReadyDurable }] : [])
      }
      // In the service and in its documents (Flex Consumption, site update strategies), not yet in the published types.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: 'RollingUpdate' }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: settings
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noBasicPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output name string = app.name
output uri string = 'https://${app.properties.defaultHostName}'
