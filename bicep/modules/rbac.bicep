// Who may do what. Everything is here, nothing is granted elsewhere, and nothing wider than one resource.

@description('Identity of the function app.')
param apiPrincipalId string

@description('Identity of the embedding job.')
param gpuPrincipalId string

@description('Identity of the event topic.')
param eventGridPrincipalId string

@description('Who deploys; empty: nobody.')
param deployerId string

@allowed(['User', 'Group', 'ServicePrincipal'])
@description('What deployerId is.')
param deployerType string

@description('Group that may look at runs; empty: nobody.')
param operatorGroupId string

@description('Host storage account.')
param hostStorageName string

@description('Data storage account.')
param dataStorageName string

@description('Vault.')
param vaultName string

@description('Registry.')
param registryName string

@description('Application Insights.')
param insightsName string

@description('Embedding job.')
param jobName string

@description('Durable Task Scheduler; empty: the state is in the host storage account.')
param schedulerName string

@description('Task hub of the scheduler.')
param taskHubName string

// Built-in roles; infra/lint/roles.json has the same names and ids.
var roles = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  containerAppsJobsOperator: 'b9a307c4-5aa3-4b52-ba60-2b17c136cd7b'
  durableTaskDataContributor: '0ad04412-c4d5-4796-b79c-f76d14c8d402'
  durableTaskDataReader: 'd6a5505f-6ebb-45a4-896e-ac8274cfc0ac'
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}
var isScheduler = !empty(schedulerName)
var hasDeployer = !empty(deployerId)

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostStorageName
}

resource dataStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: dataStorageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource job 'Microsoft.App/jobs@2025-01-01' existing = {
  name: jobName
}

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' existing = if (isScheduler) {
  name: schedulerName
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' existing = if (isScheduler) {
  parent: scheduler
  name: taskHubName
}

// Leases, timers and the app's package; with the storage backend also queues and tables of orchestrations.
resource apiOnHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in concat(
  [roles.blobDataOwner, roles.queueDataContributor],
  isScheduler ? [] : [roles.tableDataContributor]): {
  name: guid(hostStorage.id, apiPrincipalId, role)
  scope: hostStorage
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

// The blob trigger needs Owner for its receipts and the queue for poison messages.
resource apiOnData 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [roles.blobDataOwner, roles.queueDataContributor, roles.tableDataContributor]: {
  name: guid(dataStorage.id, apiPrincipalId, role)
  scope: dataStorage
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource apiOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, apiPrincipalId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

resource apiOnInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, apiPrincipalId, roles.monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
  }
}

// Start, stop and look at the job; not change it.
resource apiOnJob 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(job.id, apiPrincipalId, roles.containerAppsJobsOperator)
  scope: job
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.containerAppsJobsOperator)
  }
}

resource apiOnHub 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (isScheduler) {
  name: guid(hub.id, apiPrincipalId, roles.durableTaskDataContributor)
  scope: hub
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.durableTaskDataContributor)
  }
}

resource gpuOnData 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataStorage.id, gpuPrincipalId, roles.blobDataContributor)
  scope: dataStorage
  properties: {
    principalId: gpuPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
  }
}

resource gpuOnRegistry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, gpuPrincipalId, roles.acrPull)
  scope: registry
  properties: {
    principalId: gpuPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}

// Dead letters.
resource eventGridOnData 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataStorage.id, eventGridPrincipalId, roles.blobDataContributor)
  scope: dataStorage
  properties: {
    principalId: eventGridPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
  }
}

resource deployerOnData 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasDeployer) {
  name: guid(dataStorage.id, deployerId, roles.blobDataContributor)
  scope: dataStorage
  properties: {
    principalId: deployerId
    principalType: deployerType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
  }
}

resource deployerOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasDeployer) {
  name: guid(vault.id, deployerId, roles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    principalId: deployerId
    principalType: deployerType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
  }
}

// Without it even the owner of the subscription sees nothing in the dashboard.
resource deployerOnHub 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasDeployer && isScheduler) {
  name: guid(hub.id, deployerId, roles.durableTaskDataContributor)
  scope: hub
  properties: {
    principalId: deployerId
    principalType: deployerType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.durableTaskDataContributor)
  }
}

resource operatorsOnHub 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorGroupId) && isScheduler) {
  name: guid(hub.id, operatorGroupId, roles.durableTaskDataReader)
  scope: hub
  properties: {
    principalId: operatorGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.durableTaskDataReader)
  }
}
