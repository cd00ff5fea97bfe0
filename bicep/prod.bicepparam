// For 'az deployment sub create' without azd. Private, always ready, on a GPU.
using 'main.bicep'

param environmentName = 'prod'
param location = 'swedencentral'
param gpuLocation = 'swedencentral'
param enableGpu = true
param vnetEnabled = true
param alwaysReadyBlob = 1
param alwaysReadyDurable = 1
param maximumInstanceCount = 100
param embedImage = readEnvironmentVariable('EMBED_IMAGE')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
param operatorGroupId = readEnvironmentVariable('OPERATOR_GROUP_ID', '')
param logRetentionDays = 90
param budgetAmount = 1000
param budgetStart = readEnvironmentVariable('BUDGET_START')
