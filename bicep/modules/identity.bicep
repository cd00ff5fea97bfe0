// One identity for each of the three that act, so that what one may do is not what all may do.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

resource api 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-api-${token}'
  location: location
  tags: tags
}

resource gpu 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-embed-${token}'
  location: location
  tags: tags
}

resource eventGrid 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-events-${token}'
  location: location
  tags: tags
}

output apiId string = api.id
output apiClientId string = api.properties.clientId
output apiPrincipalId string = api.properties.principalId
output gpuId string = gpu.id
output gpuClientId string = gpu.properties.clientId
output gpuPrincipalId string = gpu.properties.principalId
output eventGridId string = eventGrid.id
output eventGridPrincipalId string = eventGrid.properties.principalId
